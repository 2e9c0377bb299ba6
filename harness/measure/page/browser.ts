/** Chromium, without a window, driven by playwright-core. Both are looked for when a page is asked for. */
import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { SightlineError } from '../../../codecs/index.js';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Each window of Chromium's own draws its address bar's lists in a renderer: a second of CPU that no page asked for.
  '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup',
];

/** Rejects with `SightlineError` `missing-tool`, with what to install. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env.SIGHTLINE_CHROMIUM ?? PLACES.find((place) => existsSync(place));
  if (executablePath === undefined) {
    throw missing(
      `There is no Chromium at ${PLACES.join(' or ')}: install it (apt-get install chromium), or say where it is in SIGHTLINE_CHROMIUM.`,
    );
  }
  const { chromium } = await import('playwright-core').catch((cause) => {
    throw missing('playwright-core, which drives the page, is missing: npm install playwright-core.', cause);
  });
  // Chromium's sandbox does not work for root.
  const args = process.getuid?.() === 0 ? [...FLAGS, '--no-sandbox'] : FLAGS;
  return await chromium.launch({ executablePath, args }).catch((cause) => {
    throw missing(`Chromium at ${executablePath} cannot be started.`, cause);
  });
}

function missing(message: string, cause?: unknown): SightlineError {
  return new SightlineError('missing-tool', message, { field: 'chromium', cause });
}
