/** The states of list and player as hooks. */
import { useEffect, useState } from 'preact/hooks';
import type { RecordingsController, RecordingsState } from './controller.js';
import type { OpenPlayer, PlayerState } from './open-player.js';

export function useRecordings(controller: RecordingsController): RecordingsState {
  const [state, setState] = useState(controller.state);
  useEffect(() => {
    setState(controller.state);
    return controller.watch(setState);
  }, [controller]);
  return state;
}

export function usePlayer(player: OpenPlayer): PlayerState {
  const [, setState] = useState(player.state);
  useEffect(() => {
    setState(player.state);
    return player.watch(setState);
  }, [player]);
  // Of the player that is shown, also in the moment in which it has just become another.
  return player.state;
}
