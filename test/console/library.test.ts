/** The list of recordings, over a keeper in memory. */
import { describe, expect, it } from 'vitest';
import { cleanName, type KeptFile, MAX_NAME } from '../../harness/console/kept-recordings.js';
import { isGrowing, type Keeper, Library } from '../../harness/console/recordings/library.js';
import type { RecordingSummary, ToPlayer } from '../../harness/console/recordings/playback/api.js';

const SUMMARY: RecordingSummary = {
  session: 'Printer trouble',
  host: 'Reception',
  program: 'sightline',
  startedAt: 0,
  duration: 1,
  size: 1,
  width: 1,
  height: 1,
  participants: [],
  complete: true,
  busy: false,
};

class MemoryKeeper implements Keeper {
  files: File[] = [];
  fault: Error | undefined;

  listKept = async (): Promise<KeptFile[]> => {
    if (this.fault !== undefined) throw this.fault;
    return this.files.map((file) => ({ name: file.name, file, handle: {} as FileSystemFileHandle }));
  };
  removeKept = async (name: string): Promise<void> => {
    if (this.fault !== undefined) throw this.fault;
    this.files = this.files.filter((file) => file.name !== name);
  };
  renameKept = async ({ name, file }: KeptFile, wished: string): Promise<string> => {
    const renamed = new File([file], wished, { lastModified: file.lastModified });
    this.files = this.files.map((one) => (one.name === name ? renamed : one));
    return wished;
  };
}

function makeLibrary(...names: string[]) {
  const keeper = new MemoryKeeper();
  keeper.files = names.map((name) => new File(['x'], name, { lastModified: 1 }));
  const asked: ToPlayer[] = [];
  const library = new Library({ postMessage: (message) => asked.push(message) }, () => {}, keeper);
  const names_ = () => library.state.entries.map(({ name }) => name);
  return { keeper, asked, library, names: names_ };
}

describe('the list', () => {
  it('has what is kept, then what was opened, and has each described once', async () => {
    const { library, asked, names } = makeLibrary('one', 'two');
    library.add([new File(['y'], 'dropped.rcrec')]);
    await library.refresh();
    expect(names()).toEqual(['one', 'two', 'dropped']);
    expect(asked).toHaveLength(3);
    for (const { id } of library.state.entries) {
      library.hear({ kind: 'described', id, result: { summary: SUMMARY } });
    }
    await library.refresh();
    expect(asked).toHaveLength(3);
    expect(library.state.entries.every(({ summary }) => summary !== undefined)).toBe(true);
  });

  it('looks again at one that was being made', async () => {
    const { library, asked, keeper } = makeLibrary('one');
    await library.refresh();
    const { id } = library.state.entries[0]!;
    library.hear({ kind: 'described', id, result: { summary: { ...SUMMARY, busy: true } } });
    keeper.files = [new File(['xyz'], 'one', { lastModified: 2 })];
    await library.refresh();
    expect(asked).toHaveLength(2);
    expect(library.state.entries[0]!.file.size).toBe(3);
  });

  it('looks again at one that nothing was written of yet', async () => {
    const { library, asked } = makeLibrary('one');
    await library.refresh();
    const { id } = library.state.entries[0]!;
    library.hear({ kind: 'described', id, result: { fault: { code: 'busy', message: '' } } });
    expect(library.state.entries.map(isGrowing)).toEqual([true]);
    await library.refresh();
    expect(asked).toHaveLength(2);
    library.hear({ kind: 'described', id, result: { summary: SUMMARY } });
    expect(library.state.entries).toMatchObject([{ id, summary: SUMMARY }]);
    expect(library.state.entries.map(isGrowing)).toEqual([false]);
  });

  it('deletes, renames, forgets', async () => {
    const { library, keeper, names } = makeLibrary('one', 'two');
    library.add([new File(['y'], 'dropped.rcrec')]);
    await library.refresh();
    const [one, two, dropped] = library.state.entries.map(({ id }) => id) as [number, number, number];
    await library.remove(one);
    await library.rename(two, 'second');
    await library.remove(dropped);
    expect(names()).toEqual(['second']);
    expect(keeper.files.map(({ name }) => name)).toEqual(['second']);
  });

  it('says why the browser keeps nothing, and still takes files', async () => {
    const { library, keeper, names } = makeLibrary('one');
    await library.refresh();
    const { id } = library.state.entries[0]!;
    keeper.fault = new Error('not in private windows');
    await expect(library.remove(id)).rejects.toThrow('not in private windows');
    await library.refresh();
    expect(library.state.denied).toBe('not in private windows');
    library.add([new File(['y'], 'dropped.rcrec')]);
    expect(names()).toContain('dropped');
  });
});

describe('names of kept recordings', () => {
  it('are what every system allows', () => {
    expect(cleanName('  Talk: a/b\\c?\u0000 ')).toBe('Talk a b c');
    expect(cleanName('...')).toBeUndefined();
    expect(cleanName('.hidden')).toBe('hidden');
    expect([...cleanName('😀'.repeat(200))!]).toHaveLength(MAX_NAME);
  });
});
