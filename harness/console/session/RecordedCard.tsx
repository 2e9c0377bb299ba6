/** What became of the recording that has ended: where it is kept, and what can be done with it. */

import { CloseIcon } from '../ui/icons.js';
import { sizeInWords, timeInWords } from '../ui/units.js';
import type { Controller } from './controller.js';
import type { Recorded } from './worker-api.js';

export interface RecordedCardProps {
  readonly controller: Controller;
  readonly recorded: Recorded;
}

export function RecordedCard({ controller, recorded }: RecordedCardProps) {
  const { say } = controller;
  const { name, kept, bytes, duration } = recorded;
  return (
    <section class="panel recorded" id="recorded" aria-label={say('recorded')}>
      <div>
        <p class="recorded-name">{name}</p>
        <p class="hint">
          {say('recorded.what', { time: timeInWords(duration), size: sizeInWords(say, bytes) })}
        </p>
        <p class="hint">{say(kept ? 'recorded.kept' : 'recorded.not-kept')}</p>
      </div>
      <button type="button" class="button" id="recorded-play" onClick={() => controller.playRecorded()}>
        {say('recorded.play')}
      </button>
      <button type="button" class="button" id="recorded-save" onClick={() => controller.saveRecorded()}>
        {say('recorded.save')}
      </button>
      <button
        type="button"
        class="button"
        id="recorded-close"
        aria-label={say('close')}
        title={say('close')}
        onClick={() => controller.dismissRecorded()}
      >
        <CloseIcon />
      </button>
    </section>
  );
}
