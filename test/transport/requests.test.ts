/** Requests and their answers over real sockets, on both transports. */
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  chooseTransport,
  type HttpReply,
  type HttpRequest,
  type Listening,
  type ListenOptions,
  ProxyTrust,
} from '../../engine/transport/index.js';
import { FakeClock } from '../support/clock.js';
import { describeOverTransports } from '../support/transports.js';

const MAX_BODY = 100_000;

const say = (body: string, status = 200, headers: HttpReply['headers'] = {}): HttpReply => ({
  status,
  headers,
  body,
});

describeOverTransports('requests over', (transport) => {
  let listening: Listening;
  let clock: FakeClock;
  let onRequest: ListenOptions['onRequest'];
  let sockets: Socket[];

  beforeEach(async () => {
    clock = new FakeClock();
    sockets = [];
    onRequest = () => say('here');
    listening = await (await chooseTransport(transport)).transport.listen({
      host: '127.0.0.1',
      port: 0,
      onRequest: (request) => onRequest(request),
      headers: { 'X-Always': 'yes' },
      onLink: () => {},
      admits: () => true,
      maxConnections: 100,
      proxies: new ProxyTrust([]),
      maxBufferedBytes: 1_000_000,
      serves: () => true,
      allowedOrigins: [],
      maxLinks: 10,
      maxLinksPerAddress: 10,
      clock,
    });
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await listening.close();
  });

  /** A connection: what comes by it, and whether it has ended. */
  const open = async (first = '') => {
    const socket = connect(listening.port, '127.0.0.1');
    sockets.push(socket);
    let text = '';
    let ended = false;
    let heard = () => {};
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      heard();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      ended = true;
      heard();
    });
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    if (first !== '') socket.write(first);
    return {
      socket,
      write: (more: string) => socket.write(more),
      text: () => text,
      until: async (done: (text: string, ended: boolean) => boolean) => {
        while (!done(text, ended)) {
          await new Promise<void>((resolve) => {
            heard = resolve;
          });
        }
        return text;
      },
    };
  };
  const ended = (_: string, isOver: boolean) => isOver;
  const has = (part: string) => (text: string) => text.includes(part);
  const post = (path: string, ...headers: string[]) =>
    [`POST ${path} HTTP/1.1`, 'Host: a.test', ...headers, '\r\n'].join('\r\n');
  /** Answers with what the body's promise came to. */
  const echo = async (request: HttpRequest) => {
    try {
      const body = await request.body(MAX_BODY);
      return say(`body ${body.byteLength} ${Buffer.from(body).toString().slice(0, 20)}`);
    } catch (error) {
      return say(`fault ${(error as { code: string }).code}`, 400);
    }
  };

  it('have method, path, query, headers and address, also after the handler has returned', async () => {
    const read = (request: HttpRequest) =>
      JSON.stringify([
        request.method,
        request.path,
        request.query,
        request.address,
        request.secure,
        request.header('x-one'),
        request.header('x-none'),
        request.headers().filter(([name]) => name.startsWith('x-')),
      ]);
    onRequest = (request) => {
      const now = read(request);
      if (request.path === '/now') return say(now);
      return new Promise((resolve) => setImmediate(() => resolve(say(read(request)))));
    };
    for (const path of ['/now', '/later']) {
      const expected = ['PUT', path, 'a=1&b=%20', '127.0.0.1', false, 'first', ''];
      const line = `PUT ${path}?a=1&b=%20 HTTP/1.1\r\nHost: a.test\r\nX-One: first\r\nX-One: second\r\nContent-Length: 0\r\n\r\n`;
      const connection = await open(line);
      const text = await connection.until(has(']]]'));
      expect(JSON.parse(text.slice(text.indexOf('[')))).toEqual([
        ...expected,
        [
          ['x-one', 'first'],
          ['x-one', 'second'],
        ],
      ]);
    }
  });

  it('have bodies: whole, in pieces, in chunks, or none; and the connection goes on', async () => {
    onRequest = echo;
    const connection = await open(`${post('/', 'Content-Length: 5')}hello`);
    await connection.until(has('body 5 hello'));
    connection.write(post('/', 'Content-Length: 11'));
    connection.write('split ');
    await new Promise((resolve) => setImmediate(resolve));
    connection.write('again');
    await connection.until(has('body 11 split again'));
    connection.write(post('/', 'Transfer-Encoding: chunked'));
    connection.write('3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n');
    await connection.until(has('body 7 abcdefg'));
    connection.write(post('/', 'Content-Length: 0'));
    await connection.until(has('body 0 '));
    const long = 'x'.repeat(MAX_BODY);
    connection.write(post('/', `Content-Length: ${MAX_BODY}`) + long);
    await connection.until(has(`body ${MAX_BODY} xxx`));
    expect(connection.text()).not.toContain('fault');
  });

  it('keep the body for a handler that asks for it later', async () => {
    onRequest = async (request) => {
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      return echo(request);
    };
    const connection = await open(`${post('/', 'Content-Length: 5')}hello`);
    await connection.until(has('body 5 hello'));
    connection.write(post('/', `Content-Length: ${MAX_BODY}`) + 'y'.repeat(MAX_BODY));
    await connection.until(has(`body ${MAX_BODY} yyy`));
    connection.write(post('/', 'Content-Length: 10'));
    connection.write('0123456789');
    await connection.until(has('body 10 0123456789'));
  });

  it('are told of bodies that are too long, before these have come', async () => {
    onRequest = echo;
    const announced = await open(post('/', `Content-Length: ${MAX_BODY + 1}`));
    expect(await announced.until(ended)).toContain('fault too-large');
    const huge = await open(post('/', 'Content-Length: 99999999999999'));
    expect(await huge.until(ended)).toMatch(/^HTTP\/1.1 4/);
    const chunked = await open(post('/', 'Transfer-Encoding: chunked'));
    const piece = `${(50_000).toString(16)}\r\n${'x'.repeat(50_000)}\r\n`;
    for (let index = 0; index < 3; index++) chunked.write(piece);
    expect(await chunked.until(ended)).toContain('fault too-large');
  });

  it('are told of bodies that do not come in time', async () => {
    const asked = new Promise<void>((resolve) => {
      onRequest = (request) => {
        const answer = echo(request);
        resolve();
        return answer;
      };
    });
    const connection = await open(`${post('/', 'Content-Length: 10')}abc`);
    await asked;
    clock.advanceNow(10_000_000);
    expect(await connection.until(ended)).toContain('fault timeout');
  });

  it('may be answered later, and are not answered when their client has gone', async () => {
    let answer: (reply: HttpReply) => void = () => {};
    let request: HttpRequest | undefined;
    let asked: () => void = () => {};
    onRequest = (pending) => {
      request = pending;
      asked();
      return new Promise<HttpReply>((resolve) => {
        answer = resolve;
      });
    };
    let isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const patient = await open('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
    await isAsked;
    expect(request?.signal.aborted).toBe(false);
    answer(say('late', 201, { 'Set-Cookie': ['a=1', 'b=2'] }));
    const text = await patient.until(has('late'));
    expect(text).toMatch(/^HTTP\/1.1 201 Created\r\n/);
    expect(text).toMatch(/set-cookie: a=1\r\nset-cookie: b=2\r\n/i);

    isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const impatient = await open(post('/', 'Content-Length: 10'));
    await isAsked;
    const gone = new Promise<void>((resolve) => request?.signal.addEventListener('abort', () => resolve()));
    const body = request!.body(10).catch((error: { code: string }) => error.code);
    impatient.socket.destroy();
    await gone;
    expect(await body).toBe('closed');
    answer(say('to nobody'));
    await new Promise((resolve) => setImmediate(resolve));
    onRequest = () => say('goes on');
    const next = await open('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
    await next.until(has('goes on'));
  });

  it('get an answer when theirs fails or takes too long', async () => {
    const isAsked = new Promise<void>((resolve) => {
      onRequest = () => {
        resolve();
        return new Promise<HttpReply>(() => {});
      };
    });
    const connection = await open('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
    await isAsked;
    clock.advanceNow(30_000_000);
    const text = await connection.until(has('too long'));
    expect(text).toMatch(/^HTTP\/1.1 503 /);
    expect(text.toLowerCase()).toContain('x-always: yes');
  });

  it('that come together are answered in order, or not at all', async () => {
    onRequest = (request) => say(`<${request.path}>`);
    const three = ['/a', '/b', '/c'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`).join('');
    const text = await (await open(three)).until(has('</c>'));
    expect(text.match(/<\/.>/g)).toEqual(['</a>', '</b>', '</c>']);

    // uWebSockets.js lets a connection go on which a second request comes before a late answer to the first.
    onRequest = (request) => new Promise((resolve) => setImmediate(() => resolve(say(`<${request.path}>`))));
    const late = await open(three);
    const answers = (await late.until((all, isOver) => isOver || all.includes('</c>'))).match(/<\/.>/g) ?? [];
    expect(['</a>', '</b>', '</c>'].slice(0, answers.length)).toEqual(answers);
    if (transport === 'ws') expect(answers).toHaveLength(3);
  });

  it('of any method reach the handler, and HEAD gets no body', async () => {
    onRequest = (request) => say(`${request.method}!`);
    const late = (request: HttpRequest) => Promise.resolve(say(`${request.method}!`));
    for (const handler of [onRequest, late]) {
      onRequest = handler;
      for (const method of ['DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
        const text = await (
          await open(`${method} / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n`)
        ).until(has('!'));
        expect(text).toContain(`${method}!`);
      }
      const head = await open('HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n');
      await head.until(has('\r\n\r\n'));
      // The next answer begins where the first one's head has ended.
      head.write('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
      const both = await head.until(has('GET!'));
      expect(both).toMatch(/content-length: 5\r\n[\s\S]*\r\n\r\nHTTP\/1.1 200/i);
    }
  });

  it('with heads that are too long are refused, and others go on', async () => {
    const connection = await open(
      `GET / HTTP/1.1\r\nHost: a.test\r\nX-Long: ${'x'.repeat(2_000_000)}\r\n\r\n`,
    );
    expect(await connection.until(ended)).toMatch(/^(HTTP\/1.1 431|$)/);
    await (await open('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')).until(has('here'));
  });
});
