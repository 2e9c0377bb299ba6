/** Parsers of option values about recordings and videos: moments, scales, speeds. */
import { InvalidArgumentError } from 'commander';
import type { Scale } from '../../engine/index.js';
import { messages } from './messages.js';
import { text } from './text.js';

/** Seconds, m:ss or h:mm:ss, each with decimals; the answer is microseconds. */
export function moment(option: string): (value: string) => number {
  return (value) => {
    const match = /^(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)$/.exec(value);
    const [hours, minutes, seconds] = [match?.[1] ?? 0, match?.[2] ?? 0, match?.[3]].map(Number);
    if (match === null || (match[2] !== undefined && seconds! >= 60)) {
      throw new InvalidArgumentError(text(messages.errors.moment, { option, value }));
    }
    return Math.round(((hours! * 60 + minutes!) * 60 + seconds!) * 1e6);
  };
}

/** A factor, a share in per cent, or WIDTHxHEIGHT. */
export function scale(value: string): Scale {
  const size = /^(\d{1,5})x(\d{1,5})$/.exec(value);
  if (size !== null && Number(size[1]) > 0 && Number(size[2]) > 0) {
    return { width: Number(size[1]), height: Number(size[2]) };
  }
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(value);
  const factor = Number(match?.[1]) / (match?.[2] === '%' ? 100 : 1);
  if (!(factor >= 0.01 && factor <= 8)) {
    throw new InvalidArgumentError(text(messages.errors.scale, { value }));
  }
  return factor;
}

/** A number with decimals. */
export function decimal(option: string, min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+(\.\d+)?$/.test(value) || number < min || number > max) {
      throw new InvalidArgumentError(
        text(messages.errors.decimal, { option, min: String(min), max: String(max), value }),
      );
    }
    return number;
  };
}
