/** Flow control: how much may be on its way to a viewer. Runs in Node and in a page. */
export * from './ack-window.js';
