/** The conversions that run and have run: how far, how fast, how long still. */

import type { Say } from '../messages.js';
import { CloseIcon, DownloadIcon } from '../ui/icons.js';
import { sizeInWords, timeInWords } from '../ui/units.js';
import type { RecordingsController } from './controller.js';
import type { Conversion } from './conversions.js';

interface TrayProps {
  readonly controller: RecordingsController;
  readonly conversions: readonly Conversion[];
}

export function ConversionTray({ controller, conversions }: TrayProps) {
  if (conversions.length === 0) return null;
  const { say } = controller;
  return (
    <section class="bar" aria-label={say('convert.list')}>
      <ul class="tray">
        {conversions.map((conversion) => (
          <li key={conversion.id} data-phase={conversion.phase}>
            <span class="words">
              <span class="name">{conversion.fileName}</span>
              <span class={`hint ${conversion.phase === 'failed' ? 'bad' : ''}`}>
                {statusOf(say, conversion)}
              </span>
            </span>
            {conversion.phase === 'running' && (
              <progress aria-label={conversion.fileName} max={1} value={shareOf(conversion)} />
            )}
            {conversion.phase === 'done' && (
              <button
                type="button"
                class="button"
                title={say('convert.save')}
                aria-label={say('convert.save')}
                onClick={() => controller.saveConversion(conversion)}
              >
                <DownloadIcon />
              </button>
            )}
            <button
              type="button"
              class="button"
              data-action="cancel"
              title={say(conversion.phase === 'running' ? 'cancel' : 'close')}
              aria-label={say(conversion.phase === 'running' ? 'cancel' : 'close')}
              onClick={() => controller.cancelConversion(conversion.id)}
            >
              <CloseIcon />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** 0 to 1. */
function shareOf({ progress }: Conversion): number {
  return progress === undefined || progress.total === 0 ? 0 : progress.done / progress.total;
}

function statusOf(say: Say, conversion: Conversion): string {
  const { phase, progress, timeLeft, speed, file, fault } = conversion;
  if (phase === 'failed') {
    return say(fault?.code === 'no-space' ? 'convert.full' : 'convert.failed', {
      reason: fault?.message ?? '',
    });
  }
  if (phase === 'done') return say('convert.whole', { size: sizeInWords(say, file?.size ?? 0) });
  if (progress === undefined) return say('recordings.reading');
  const percent = Math.floor(shareOf(conversion) * 100);
  const size = sizeInWords(say, progress.bytes);
  if (timeLeft === undefined || speed === undefined) return say('convert.begun', { percent, size });
  return say('convert.running', {
    percent,
    size,
    speed: Math.round(speed * 10) / 10,
    left: timeInWords(timeLeft * 1000),
  });
}
