/** VP8, for recordings that browsers and players open. */
export * from './encoder.js';
