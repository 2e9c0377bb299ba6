/** The canvas, for whatever draws or reads pictures in Node. */
import './home.js';

export { type Canvas, createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
