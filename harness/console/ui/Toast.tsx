/** What views show of a state that they follow. */
import { useEffect, useState } from 'preact/hooks';
import type { Telling, Watched } from './watched.js';

/** How long a sentence stays on the screen. */
const TELL_MS = 3500;

/** The newest state; the view is drawn anew on every change. */
export function useWatched<State>(watched: Watched<State>): State {
  const [, setState] = useState(watched.state);
  useEffect(() => {
    setState(watched.state);
    return watched.watch(setState);
  }, [watched]);
  // Also in the moment in which another one has just come in its place.
  return watched.state;
}

/** The newest sentence, for a moment; read out. */
export function Toast({
  telling,
  id,
}: {
  readonly telling: Pick<Telling<never>, 'listen'>;
  readonly id: string;
}) {
  const [told, setTold] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = telling.listen((sentence) => {
      setTold(sentence);
      clearTimeout(timer);
      timer = setTimeout(() => setTold(''), TELL_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [telling]);
  return (
    <div class={`toast ${told === '' ? '' : 'shown'}`} role="status" aria-live="polite" id={id}>
      {told}
    </div>
  );
}
