/** The page of a report: a run and a channel are chosen, and everything is about these. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { LOCALES, type Locale } from '../messages/index.js';
import type { PageData, PageRun } from '../reports/page-data.js';
import { Matrix } from './Matrix.js';
import { OverTime } from './OverTime.js';
import { Percentiles } from './Percentiles.js';
import { nameOf, variedSettings } from './runs.js';
import { SideBySide } from './SideBySide.js';
import { Spikes } from './Spikes.js';
import { KindLegend, Waterfall } from './Stages.js';
import { Provenance, Summary } from './Summary.js';
import { Words } from './words.js';

const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const LANGUAGES: Readonly<Record<Locale, string>> = { en: 'English', fr: 'Français' };

export function App({ data, locale: first }: { readonly data: PageData; readonly locale: Locale }) {
  const [locale, setLocale] = useState(first);
  const [theme, setTheme] = useState<Theme>('auto');
  const [chosen, setRun] = useState(data.runs[0]!);
  const [wished, setChannel] = useState('display');
  const words = new Words(locale);
  const isDark = useDark(theme);
  useEffect(() => {
    document.documentElement.lang = locale;
    document.title = words.say('title');
  });
  const { runs, shares } = data;
  const varied = variedSettings(runs);
  const channel = chosen.channels.find(({ name }) => name === wished)?.name ?? chosen.channels[0]?.name ?? '';
  // Charts read their colours when they are drawn: they are drawn again when this changes.
  const look = `${isDark} ${locale}`;
  const runsInWords =
    runs.length === 1 ? words.say('runs.one') : words.say('runs.many', { count: runs.length });
  const curves = chosen.channels.map(({ name, curve }) => ({ label: words.channel(name), curve }));
  return (
    <>
      <a class="skip" href="#report">
        {words.say('skip')}
      </a>
      <header>
        <div class="heading">
          <h1>{words.say('title')}</h1>
          <p class="quiet">
            Sightline · {runsInWords} · {data.machines.map(machineName).join(', ')}
          </p>
        </div>
        <div class="controls">
          {runs.length > 1 && (
            <Choice
              label={words.say('run')}
              value={String(runs.indexOf(chosen))}
              options={runs.map((run, index) => [String(index), nameOf(run, varied, words)])}
              onChoose={(index) => setRun(runs[Number(index)]!)}
            />
          )}
          <Choice
            label={words.say('channel')}
            value={channel}
            options={chosen.channels.map(({ name }) => [name, words.channel(name)])}
            onChoose={setChannel}
          />
          <Choice
            label={words.say('theme')}
            value={theme}
            options={THEMES.map((name) => [name, words.say(`theme.${name}`)])}
            onChoose={(name) => setTheme(name as Theme)}
          />
          <Choice
            label={words.say('language')}
            value={locale}
            options={LOCALES.map((name) => [name, LANGUAGES[name]])}
            onChoose={(name) => setLocale(name as Locale)}
          />
        </div>
      </header>
      <main id="report">
        <Section title={words.say('summary')} about={nameOf(chosen, varied, words)}>
          <Summary run={chosen} channel={channel} onChannel={setChannel} words={words} />
        </Section>
        {varied.length > 0 && (
          <Section title={words.say('matrix')} about={words.say('matrix.about')}>
            <Matrix runs={runs} varied={varied} chosen={chosen} onChoose={setRun} words={words} />
          </Section>
        )}
        <Section title={words.say('stages')} about={words.say('stages.about')} of={words.channel(channel)}>
          <KindLegend words={words} />
          <Waterfall stages={chosen.stages[channel] ?? []} words={words} />
        </Section>
        <Section title={words.say('percentiles')} about={words.say('percentiles.about')}>
          <Percentiles
            curves={curves}
            shares={shares}
            label={words.say('channel')}
            theme={look}
            words={words}
          />
        </Section>
        {varied.length > 0 && (
          <Section title={words.say('links')} about={words.say('links.about')} of={words.channel(channel)}>
            <SideBySide {...{ runs, varied, chosen, channel, shares, words }} theme={look} />
          </Section>
        )}
        <Section title={words.say('spikes')} about={words.say('spikes.about')} of={words.channel(channel)}>
          <Spikes run={chosen} channel={channel} words={words} />
        </Section>
        <Section title={words.say('time')} about={phasesOf(chosen, words)}>
          <OverTime run={chosen} channel={channel} theme={look} words={words} />
        </Section>
        <Section title={words.say('provenance')}>
          <Provenance data={data} run={chosen} words={words} />
        </Section>
      </main>
    </>
  );
}

/** What the technician did, one after the other. */
function phasesOf({ series }: PageRun, words: Words): string {
  const phases = series.phases.map(({ phase, from, until }) =>
    words.say('time.phase', {
      phase: words.phase(phase),
      from: words.number(from),
      until: words.number(until),
    }),
  );
  return words.say('time.about', { phases: phases.join(', ') });
}

/** A browser does not tell what it runs on, but what system. */
function machineName({ cpu, browser, system }: PageData['machines'][number]): string {
  return browser === undefined ? cpu : system;
}

interface SectionProps {
  readonly title: string;
  readonly about?: string;
  /** The channel that it is about. */
  readonly of?: string;
  readonly children: ComponentChildren;
}

function Section({ title, about, of, children }: SectionProps) {
  return (
    <section>
      <h2>
        {title}
        {of !== undefined && <span class="of"> {of}</span>}
      </h2>
      {about !== undefined && <p class="about">{about}</p>}
      {children}
    </section>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, name: string])[];
  readonly onChoose: (value: string) => void;
}

function Choice({ label, value, options, onChoose }: ChoiceProps) {
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {options.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Sets the page's colours; whether they are dark. */
function useDark(theme: Theme): boolean {
  const [systemIsDark, setSystem] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const listen = (): void => setSystem(query.matches);
    query.addEventListener('change', listen);
    return () => query.removeEventListener('change', listen);
  }, []);
  const isDark = theme === 'dark' || (theme === 'auto' && systemIsDark);
  // Before the charts are drawn, which happens in effects of their own.
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  return isDark;
}
