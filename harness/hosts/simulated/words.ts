/** Invented text for windows: prose, a program, directory listings. */
import type { Random } from './random.js';

const SUBJECTS = [
  'The technician',
  'Our customer',
  'The printer',
  'A new driver',
  'The update',
  'Every window',
];
const VERBS = ['opens', 'shows', 'replaces', 'checks', 'repairs', 'follows', 'restores'];
const OBJECTS = [
  'the settings',
  'a long list of files',
  'the old picture',
  'its own copy',
  'the whole report',
];
const ENDS = [
  'before lunch',
  'without a restart',
  'in a few seconds',
  'as it should',
  'on the second screen',
];

export function sentence(random: Random): string {
  return `${random.pick(SUBJECTS)} ${random.pick(VERBS)} ${random.pick(OBJECTS)} ${random.pick(ENDS)}.`;
}

/** About that many characters of prose. */
export function prose(random: Random, characters: number): string {
  let text = '';
  while (text.length < characters) text += `${sentence(random)} `;
  return text.trim();
}

/** Breaks text into lines that fit, by the caller's measure. */
export function wrap(text: string, width: number, measure: (line: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && measure(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line === '' ? lines : [...lines, line];
}

const NAMES = [
  'report',
  'invoice',
  'backup',
  'notes',
  'photo',
  'driver',
  'budget',
  'letter',
  'index',
  'summary',
];
const ENDINGS = ['.txt', '.pdf', '.zip', '.jpg', '.csv', '.log', '.html', ''];

export function fileName(random: Random): string {
  return `${random.pick(NAMES)}-${random.int(1, 400)}${random.pick(ENDINGS)}`;
}

const VARIABLES = ['count', 'total', 'next', 'row', 'price', 'index', 'rest', 'name'];

/** A program of that many lines that nobody needs to run. */
export function program(random: Random, lines: number): string {
  const source: string[] = [];
  while (source.length < lines) {
    const name = random.pick(VARIABLES);
    const other = random.pick(VARIABLES);
    source.push(
      `// ${sentence(random)}`,
      `function ${name}Of(${other}: number[]): number {`,
      `  let ${name} = ${random.int(0, 100)};`,
      `  for (const value of ${other}) {`,
      `    if (value > ${random.int(2, 60)}) ${name} += value * ${random.int(2, 9)};`,
      '  }',
      `  return ${name};`,
      '}',
      '',
    );
  }
  return source.slice(0, lines).join('\n');
}
