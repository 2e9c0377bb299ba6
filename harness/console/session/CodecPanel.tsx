/** What opens above the strip: how the picture was coded. */
import { TILE_MODES } from '../../../codecs/index.js';
import type { Say } from '../messages.js';
import { Panel } from '../ui/Panel.js';
import { sizeInWords } from '../ui/units.js';
import type { ConsoleState } from './state.js';

interface CodecPanelProps {
  readonly say: Say;
  readonly state: ConsoleState;
  onClose(): void;
}

export function CodecPanel({ say, state, onClose }: CodecPanelProps) {
  const modes = state.stats?.modes ?? {};
  const decoding = state.stats?.decoding;
  const used = TILE_MODES.flatMap(({ key }) => {
    const counts = modes[key];
    return counts === undefined ? [] : [{ key, ...counts }];
  });
  const pixels = used.reduce((sum, mode) => sum + mode.pixels, 0);
  return (
    <Panel say={say} title={say('details.title')} onClose={onClose}>
      <p class="hint">{say('details.intro')}</p>
      <table class="modes">
        <thead>
          <tr>
            <th scope="col">{say('details.mode')}</th>
            <th scope="col">{say('details.tiles')}</th>
            <th scope="col">{say('details.pixels')}</th>
            <th scope="col">{say('details.bytes')}</th>
          </tr>
        </thead>
        <tbody>
          {used.map((mode) => (
            <tr key={mode.key} id={`mode-${mode.key}`}>
              <th scope="row">{say(`mode.${mode.key}`)}</th>
              <td>{say('details.count', { value: mode.tiles })}</td>
              <td>{say('details.share', { value: Math.round((mode.pixels / pixels) * 1000) / 10 })}</td>
              <td>{sizeInWords(say, mode.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {decoding !== undefined && (
        <p class="hint" id="decoding">
          {say('details.threads', { count: decoding.threads })}
          {decoding.lost && ` ${say('details.help-lost')}`}
        </p>
      )}
    </Panel>
  );
}
