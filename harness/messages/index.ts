/** What the page and the command line say, in the reader's language. Runs in Node and in a page. */
export * from './catalogue.js';
export * from './locale.js';
export * from './measuring.js';
