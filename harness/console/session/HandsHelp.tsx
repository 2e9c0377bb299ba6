/** In the help: what mouse and fingers do on the screen. */
import type { Say } from '../messages.js';

const MOUSE = ['pan', 'wheel', 'own'] as const;
const FINGERS = ['tap', 'hold', 'drag', 'two', 'pinch', 'three', 'view'] as const;

export function HandsHelp({ say }: { readonly say: Say }) {
  return (
    <>
      <h3>{say('help.mouse')}</h3>
      <dl class="hands">
        {MOUSE.map((what) => (
          <div key={what}>
            <dt>{say(`help.mouse.${what}`, { modifiers: say('keys.modifiers') })}</dt>
            <dd>{say(`help.mouse.${what}.does`)}</dd>
          </div>
        ))}
      </dl>
      <h3>{say('help.fingers')}</h3>
      <dl class="hands">
        {FINGERS.map((what) => (
          <div key={what}>
            <dt>{say(`help.fingers.${what}`)}</dt>
            <dd>{say(`help.fingers.${what}.does`)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
