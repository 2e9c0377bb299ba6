#!/usr/bin/env node
/**
 * Writes the table of all messages in docs/PROTOCOL.md, between its two marks, from the built catalogue. A test holds
 * the document to it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BEGIN = '<!-- messages: node scripts/protocol-table.mjs -->\n';
const END = '<!-- end of messages -->';
const HEAD = [
  'message',
  'channel',
  'type',
  'from',
  'to',
  'needs',
  'while',
  'link',
  'rate',
  'longest',
  'recorded',
  'event',
  'since',
];
const VIEWERS = ['technician', 'customer', 'observer'];

/** The table's lines, as Markdown, padded. */
export function messageTable({ MESSAGES, RATES, CHANNEL_NAMES }) {
  const rows = MESSAGES.map((row) => [
    `\`${row.name}\``,
    CHANNEL_NAMES[row.channel],
    row.type === 'map' ? '' : String(row.type),
    rolesText(row.from),
    rolesText(row.to),
    row.needs ?? '',
    row.while ?? '',
    row.link,
    rateText(row.rate, RATES),
    String(row.limit),
    row.recorded ? 'yes' : '',
    row.event ? 'yes' : '',
    String(row.since),
  ]);
  const widths = HEAD.map((_, column) => Math.max(...[HEAD, ...rows].map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

/** The document with the table in its place. */
export function withTable(document, catalogue) {
  const begin = document.indexOf(BEGIN) + BEGIN.length;
  const end = document.indexOf(END);
  if (begin < BEGIN.length || end < begin) throw new Error('docs/PROTOCOL.md has no place for the table.');
  return `${document.slice(0, begin)}\n${messageTable(catalogue).join('\n')}\n\n${document.slice(end)}`;
}

function rolesText(roles) {
  const all = VIEWERS.every((role) => roles.includes(role));
  const words = roles.filter((role) => !(all && VIEWERS.includes(role)));
  return (all ? ['viewers', ...words] : words).join(', ');
}

function rateText(name, rates) {
  if (name === undefined) return '';
  const { perSecond, burst } = rates[name];
  return `${name}: ${perSecond} (${burst})`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = fileURLToPath(new URL('../docs/PROTOCOL.md', import.meta.url));
  const catalogue = await import('../dist/engine/protocol/catalogue.js');
  writeFileSync(path, withTable(readFileSync(path, 'utf8'), catalogue));
}
