/** All runs as a heat map: what is compared most goes across. */

import { useState } from 'preact/hooks';
import type { PageRun } from '../reports/page-data.js';
import { labelOf, mapFigures, settingsOf } from './runs.js';
import { Scroll } from './Scroll.js';
import type { Words } from './words.js';

interface MatrixProps {
  readonly runs: readonly PageRun[];
  readonly varied: readonly string[];
  readonly chosen: PageRun;
  readonly onChoose: (run: PageRun) => void;
  readonly words: Words;
}

export function Matrix({ runs, varied, chosen, onChoose, words }: MatrixProps) {
  const figures = mapFigures(runs);
  const [id, setId] = useState(figures[0]!.id);
  const figure = figures.find((each) => each.id === id) ?? figures[0]!;
  const across = varied.at(-1)!;
  const down = varied.slice(0, -1);
  const columnOf = (run: PageRun): string => JSON.stringify(settingsOf(run).get(across) ?? null);
  const rowOf = (run: PageRun): string => labelOf(run, down, words);
  const columns = [...new Map(runs.map((run) => [columnOf(run), run])).entries()];
  const rows = [...new Set(runs.map(rowOf))];
  const cellRuns = (row: string, column: string): PageRun[] =>
    runs.filter((run) => rowOf(run) === row && columnOf(run) === column);
  const valueIn = (cell: readonly PageRun[]): number | undefined =>
    median(cell.map(figure.value).filter((value) => value !== undefined));
  const all = rows.flatMap((row) => columns.flatMap(([column]) => valueIn(cellRuns(row, column)) ?? []));
  const heat = heatOf(all);
  return (
    <>
      <label class="choice">
        {words.say('figure')}{' '}
        <select value={figure.id} onChange={(event) => setId(event.currentTarget.value)}>
          {figures.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name(words)}
            </option>
          ))}
        </select>
      </label>
      <Scroll>
        <table class="heat">
          <thead>
            <tr>
              <th scope="col">{words.setting(across)} →</th>
              {columns.map(([column, run]) => (
                <th key={column} scope="col">
                  {labelOf(run, [across], words)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row}>
                {row === '' ? <td /> : <th scope="row">{row}</th>}
                {columns.map(([column]) => {
                  const cell = cellRuns(row, column);
                  const value = valueIn(cell);
                  if (value === undefined) return <td key={column}>–</td>;
                  const share = heat(value);
                  return (
                    <td key={column}>
                      <button
                        type="button"
                        class={`cell ${depthOf(share)}`}
                        style={{ '--heat': `${Math.round(share * 100)}%` }}
                        aria-pressed={cell.includes(chosen)}
                        title={cell.length > 1 ? words.say('matrix.repeated', { count: cell.length }) : ''}
                        onClick={() => onChoose(cell[0]!)}
                      >
                        {figure.text(value, words)}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

/** Which ink is legible there: black and white change places at another depth in light and in dark. */
function depthOf(share: number): string {
  return share > 0.74 ? 'deep' : share > 0.645 ? 'middle' : '';
}

/** From 0 to 1 on a logarithmic scale: latencies differ by factors. */
function heatOf(values: readonly number[]): (value: number) => number {
  const scale = (value: number): number => Math.log(Math.max(value, 1e-3));
  const [low, high] = [Math.min(...values.map(scale)), Math.max(...values.map(scale))];
  return (value) => (high - low < 1e-9 ? 0 : (scale(value) - low) / (high - low));
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
