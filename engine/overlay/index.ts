/** Overlays: the model of strokes and laser dots, and how they are drawn. Runs in Node and in a page. */
export * from './draw.js';
export * from './look.js';
export * from './messages.js';
export * from './model.js';
export * from './pen.js';
export * from './tags.js';
