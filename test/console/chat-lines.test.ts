import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatEntry } from '../../engine/chat/index.js';
import type { Participant } from '../../engine/protocol/index.js';
import type { ViewerState } from '../../engine/viewer/index.js';
import { sayIn } from '../../harness/console/messages.js';
import {
  afterViewer,
  authorOf,
  type ChatState,
  eventInWords,
  eventsBetween,
  heard,
  NO_CHAT,
  shown,
} from '../../harness/console/session/chat-lines.js';
import { INITIAL_STATE } from '../../harness/console/session/state.js';
import { partsOf } from '../../harness/console/ui/links.js';

const say = sayIn('en');

function entry(id: number, change: Partial<ChatEntry> = {}): ChatEntry {
  return {
    id,
    viewer: 2,
    sequence: id,
    name: 'Grace',
    own: false,
    text: `text ${id}`,
    createdAt: 0,
    sentAt: id * 1000,
    earlier: false,
    state: 'sent',
    ...change,
  };
}

const texts = ({ lines }: ChatState) =>
  lines.map((line) => (line.kind === 'said' ? line.entry.text : line.event.what));

describe('the lines of the chat', () => {
  it('stand in the order of time; what is under way is at the end until it is sent', () => {
    let chat = heard(NO_CHAT, entry(1), 10);
    chat = heard(chat, entry(2, { own: true, state: 'sending', sentAt: 0 }), 20);
    chat = heard(chat, entry(3), 30);
    expect(texts(chat)).toEqual(['text 1', 'text 3', 'text 2']);
    chat = heard(chat, entry(4), 40);
    chat = heard(chat, entry(2, { own: true }), 50);
    chat = heard(chat, entry(5), 60);
    expect(texts(chat)).toEqual(['text 1', 'text 3', 'text 4', 'text 2', 'text 5']);
    expect(new Set(chat.lines.map(({ key }) => key)).size).toBe(5);
  });

  it('has what was said earlier at its own time, which is never after now', () => {
    const session = told({ connection: { kind: 'joined' } });
    let chat = afterViewer(NO_CHAT, INITIAL_STATE.viewer, session, 5_000);
    chat = heard(chat, entry(1, { earlier: true, sentAt: 3_000_000 }), 6_000);
    chat = heard(chat, entry(2, { earlier: true, sentAt: 9_000_000 }), 6_000);
    expect(chat.lines.map(({ at }) => at)).toEqual([3_000, 5_000, 6_000]);
  });

  it('are not kept for ever', () => {
    let chat = NO_CHAT;
    for (let id = 1; id <= 510; id++) chat = heard(chat, entry(id), id);
    expect(chat.lines).toHaveLength(500);
    expect(texts(chat)[0]).toBe('text 11');
  });
});

describe('what is unread', () => {
  it('is what others say while chat or page are out of sight', () => {
    let chat = heard(NO_CHAT, entry(1), 1);
    chat = heard(chat, entry(1), 2);
    chat = heard(chat, entry(2, { own: true }), 3);
    chat = heard(chat, entry(3, { earlier: true }), 4);
    expect(chat.unread).toBe(1);
    chat = shown(chat, { open: true });
    expect(chat.unread).toBe(0);
    expect(heard(chat, entry(4), 5).unread).toBe(0);
    chat = heard(shown(chat, { pageSeen: false }), entry(5), 6);
    expect(chat.unread).toBe(1);
    expect(shown(chat, { pageSeen: true }).unread).toBe(0);
  });
});

function told(change: Partial<ViewerState>): ViewerState {
  return { ...INITIAL_STATE.viewer, ...change };
}

function person(viewer: number, name: string, recording = false): Participant {
  return { viewer, name, recording, quality: 'auto', tool: 'none' };
}

describe('what happens in a session', () => {
  const ada = person(1, 'Ada');
  const grace = person(2, 'Grace');
  const words = (before: Partial<ViewerState>, after: Partial<ViewerState>) =>
    eventsBetween(told(before), told(after)).map((event) => eventInWords(say, event));

  it('is who comes, goes, controls and records', () => {
    expect(words({ participants: [] }, { participants: [ada, grace], controller: 2 })).toEqual([]);
    expect(words({ participants: [ada] }, { participants: [ada, grace] })).toEqual(['Grace has joined.']);
    expect(words({ participants: [ada] }, { participants: [ada], controller: 1 })).toEqual([
      'Ada is in control.',
    ]);
    expect(words({ participants: [ada], controller: 1 }, { participants: [ada], controller: 0 })).toEqual([
      'Ada has given up control.',
    ]);
    const both = { participants: [ada, grace], controller: 2 };
    expect(words(both, { participants: [ada], controller: 0 })).toEqual(['Grace has left.']);
    expect(words({ participants: [ada] }, { participants: [person(1, 'Ada', true)] })).toEqual([
      'Ada is recording.',
    ]);
    expect(words({ participants: [person(1, 'Ada', true)] }, { participants: [ada] })).toEqual([
      'Ada is no longer recording.',
    ]);
    // A connection that is lost says nothing about the people.
    expect(words(both, { participants: [], controller: 0 })).toEqual([]);
  });

  it('is how the connection and the host do', () => {
    const joined = { connection: { kind: 'joined' } } as const;
    const waiting = {
      connection: { kind: 'waiting', attempt: 1, retryAt: 0, code: 'closed', reason: '' },
    } as const;
    const ended = { connection: { kind: 'ended', code: 'session-ended', reason: '' } } as const;
    expect(words({}, joined)).toEqual(['Connected.']);
    expect(words(joined, waiting)).toEqual(['The connection is lost. Reconnecting.']);
    expect(words(joined, ended)).toEqual([]);
    expect(words({ ...joined, host: 'unknown' }, { ...joined, host: 'present' })).toEqual([]);
    expect(words({ ...joined, host: 'present' }, { ...joined, host: 'away' })).toEqual(['The host is away.']);
    expect(words({ ...joined, host: 'away' }, { ...joined, host: 'present' })).toEqual(['The host is here.']);
    expect(words({ ...joined, host: 'present' }, { ...joined, host: 'ended' })).toEqual([
      'The session has ended.',
    ]);
  });

  it('does not change the chat when nothing has happened', () => {
    expect(afterViewer(NO_CHAT, told({ width: 1 }), told({ width: 2 }), 1)).toBe(NO_CHAT);
  });
});

describe('an author', () => {
  it('is oneself, the name that the relay tells, or the host', () => {
    const session = told({ hostName: 'Reception' });
    expect(authorOf(say, session, entry(1, { own: true }))).toBe('You');
    expect(authorOf(say, session, entry(1))).toBe('Grace');
    expect(authorOf(say, session, entry(1, { viewer: 0, name: '' }))).toBe('Reception');
    expect(authorOf(say, session, entry(1, { name: '' }))).toBe('Somebody');
  });
});

describe('links', () => {
  const links = (text: string) => partsOf(text).flatMap(({ href }) => href ?? []);

  it.each([
    ['see https://example.org/a?b=1#c, please.', ['https://example.org/a?b=1#c']],
    ['(http://example.org)', ['http://example.org/']],
    ['http://example.org/a_(b)', ['http://example.org/a_(b)']],
    ['[ftp://example.org/x.zip]!', ['ftp://example.org/x.zip']],
    ['HTTPS://Example.org and https://é.example', ['https://example.org/', 'https://xn--9ca.example/']],
    ['javascript:alert(1) data:text/html,x file:///etc/passwd mailto:a@example.org', []],
    ['https://bank.example@evil.example/ http://a:b@evil.example', []],
    ['xhttp://example.org http:// https://', []],
    ['https://example.org"onclick="x', ['https://example.org/']],
  ])('in "%s"', (text, hrefs) => {
    expect(links(text)).toEqual(hrefs);
  });

  it('together with the rest are the text, and lead nowhere else, whatever it is', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        'https://',
        'ftp://',
        'javascript:',
        'a.example',
        '@',
        '(',
        ')',
        ' ',
        '\n',
        '.',
        '<',
        '"',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const parts = partsOf(text);
        expect(parts.map((part) => part.text).join('')).toBe(text);
        for (const { href } of parts) if (href !== undefined) expect(href).toMatch(/^(https?|ftp):\/\//);
      }),
      { numRuns: 500 },
    );
  });
});
