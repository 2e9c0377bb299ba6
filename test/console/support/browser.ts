/** Chromium, driven for the page's tests. */
export { launchChromium as launchBrowser } from '../../../harness/measure/page/browser.js';
