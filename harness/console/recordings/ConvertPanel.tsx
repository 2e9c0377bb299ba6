/** What a recording is to be converted to. */
import { useId, useState } from 'preact/hooks';
import { Panel } from '../ui/Panel.js';
import type { RecordingsController } from './controller.js';
import type { ConversionWishes } from './playback/api.js';

interface ConvertPanelProps {
  readonly controller: RecordingsController;
  onClose(): void;
}

const CONTAINERS = ['mkv', 'webm', 'avi'] as const;
const OVERLAYS = ['burn', 'none', 'track'] as const;
const SPEEDS = [1, 2, 4, 8] as const;

export function ConvertPanel({ controller, onClose }: ConvertPanelProps) {
  const { say } = controller;
  const [container, setContainer] = useState<(typeof CONTAINERS)[number]>('mkv');
  const [overlays, setOverlays] = useState<(typeof OVERLAYS)[number]>('burn');
  const [speed, setSpeed] = useState<number>(1);
  const speedId = useId();
  // One video track is all that an AVI has.
  const allowed = OVERLAYS.filter((mode) => mode !== 'track' || container !== 'avi');
  const chosen = allowed.includes(overlays) ? overlays : 'burn';
  const wishes: ConversionWishes = { container, overlays: chosen, speed };
  return (
    <Panel say={say} title={say('convert.title')} onClose={onClose}>
      <form
        class="convert"
        onSubmit={(event) => {
          event.preventDefault();
          controller.convert(wishes);
          onClose();
        }}
      >
        <p class="hint">{say('convert.intro')}</p>
        <Choices<(typeof CONTAINERS)[number]>
          name="container"
          legend={say('convert.container')}
          choices={CONTAINERS.map((value) => ({
            value,
            label: say(`convert.${value}`),
            hint: say(`convert.${value}.hint`),
          }))}
          chosen={container}
          onChoose={setContainer}
        />
        <Choices<(typeof OVERLAYS)[number]>
          name="overlays"
          legend={say('player.overlays.short')}
          choices={allowed.map((value) => ({ value, label: say(`convert.overlays.${value}`), hint: '' }))}
          chosen={chosen}
          onChoose={setOverlays}
        />
        <label class="line" for={speedId}>
          {say('player.speed')}
          <select
            id={speedId}
            value={String(speed)}
            onChange={(event) => setSpeed(Number(event.currentTarget.value))}
          >
            {SPEEDS.map((value) => (
              <option key={value} value={String(value)}>
                {say('player.speed.value', { speed: value })}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="button main" id="convert-start">
          {say('convert.start')}
        </button>
      </form>
    </Panel>
  );
}

interface ChoicesProps<V extends string> {
  readonly name: string;
  readonly legend: string;
  readonly choices: readonly { readonly value: V; readonly label: string; readonly hint: string }[];
  readonly chosen: V;
  onChoose(value: V): void;
}

function Choices<V extends string>({ name, legend, choices, chosen, onChoose }: ChoicesProps<V>) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      {choices.map(({ value, label, hint }) => (
        <label key={value} class="option">
          <input
            type="radio"
            name={name}
            value={value}
            checked={value === chosen}
            onChange={() => onChoose(value)}
          />
          <span>
            <span class="name">{label}</span>
            {hint !== '' && <span class="hint">{hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
