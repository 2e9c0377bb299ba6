/** A palette for a recording of more than 256 colours, from pictures of it as they will be shown. */
import type { Recording } from '../../codecs/recording/index.js';
import { ColourSurvey } from '../../codecs/video/index.js';
import { showRecording } from './show.js';
import type { Survey } from './survey.js';
import { Timeline } from './timeline.js';
import type { ShowOptions } from './types.js';

/** Moments that are looked at, however long the recording: a player decodes a few seconds for each. */
const MOMENTS = 12;

/** B, G, R, 0 for each of up to 256 colours. */
export async function choosePalette(
  recording: Recording,
  survey: Survey,
  { from, to }: Timeline,
  options: ShowOptions,
): Promise<Uint8Array> {
  const colours = new ColourSurvey();
  for (let moment = 0; moment < MOMENTS; moment++) {
    const at = Math.round(from + ((moment + 0.5) * (to - from)) / MOMENTS);
    await showRecording(recording, survey, new Timeline(at, at, 1, undefined), options, {
      picture: async (_at, views) => {
        for (const { picture } of views) colours.add(picture);
      },
    });
  }
  return colours.palette([...survey.colours].map(codeOf));
}

function codeOf(css: string): number {
  return Number.parseInt(css.slice(1), 16);
}
