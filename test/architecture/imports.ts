/** What the project's sources import of each other: read from their text, types included. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const SOURCES = ['codecs', 'engine', 'harness'];
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g;

/** Each source file and the sources that it imports, by their paths from the root with `/`. */
export function readImports(root = ROOT): Map<string, string[]> {
  const files = new Set<string>();
  for (const top of SOURCES) {
    for (const entry of readdirSync(join(root, top), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name) || entry.name.endsWith('.d.ts')) continue;
      files.add(relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
    }
  }
  const imports = new Map<string, string[]>();
  for (const file of files) {
    const found = new Set<string>();
    for (const [, path] of readFileSync(join(root, file), 'utf8').matchAll(IMPORT)) {
      const to = normalize(join(dirname(file), path!))
        .split(sep)
        .join('/');
      const source = [to, to.replace(/\.js$/, '.ts'), to.replace(/\.js$/, '.tsx')].find((one) =>
        files.has(one),
      );
      if (source !== undefined) found.add(source);
    }
    imports.set(file, [...found]);
  }
  return imports;
}

/**
 * The room of a file: a folder of the engine or of the harness, or what lies beside these folders and serves them all.
 * `engine/index.ts` is the face of the whole engine in Node.
 */
export function roomOf(file: string): string {
  if (file === 'engine/index.ts') return file;
  const [top, folder, ...rest] = file.split('/');
  return top === 'codecs' || rest.length === 0 ? top! : `${top}/${folder}`;
}

/** Groups of files that import each other in a circle (Tarjan, 1972). */
export function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    open.push(file);
    for (const next of imports.get(file) ?? []) {
      if (!order.has(next)) visit(next);
      if (open.includes(next)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const circle = open.splice(open.indexOf(file));
    if (circle.length > 1) found.push(circle.sort());
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return found;
}

/** The arrows that docs/ARCHITECTURE.md draws: of each room, what it may import. */
export function drawnArrows(document: string): Map<string, Set<string>> {
  const [, section = ''] = document.split('## Arrows\n');
  const arrows = new Map<string, Set<string>>();
  for (const line of section.split('\n## ')[0]!.split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    const [room] = namesIn(cells[1] ?? '');
    if (room !== undefined) arrows.set(room, new Set(namesIn(cells[2] ?? '')));
  }
  return arrows;
}

function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+?)\/?`/g)].map(([, name]) => name!);
}
