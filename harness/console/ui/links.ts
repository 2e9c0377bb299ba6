/** Finds the addresses in a text, so that they can be shown as links. Pure. */

export interface TextPart {
  readonly text: string;
  /** Where the part leads to, if it is a link. */
  readonly href?: string;
}

const SCHEMES: readonly string[] = ['http:', 'https:', 'ftp:'];
const ADDRESS = /\b(?:https?|ftp):\/\/[^\s<>"“”«»]+/gi;
/** What ends a sentence ends no address. */
const TAIL = /[.,;:!?'’…]+$/;

/** The parts together are the text. An address that names a user is no link: it leads elsewhere than it looks. */
export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const href = hrefOf(address);
    if (href === undefined) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

function trimmed(address: string): string {
  let rest = address.replace(TAIL, '');
  // "(see https://example.org)": the bracket belongs to the sentence, unless it was opened in the address.
  for (const [open, close] of ['()', '[]'] as const) {
    while (rest.endsWith(close!) && count(rest, close!) > count(rest, open!)) {
      rest = rest.slice(0, -1).replace(TAIL, '');
    }
  }
  return rest;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function hrefOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, username, password, href } = new URL(address);
  return SCHEMES.includes(protocol) && username === '' && password === '' ? href : undefined;
}
