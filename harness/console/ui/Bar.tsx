/** A tab's bar: one row of buttons at any width; what has no room is in the menu at its end. */
import type { ComponentChildren } from 'preact';
import { Fragment } from 'preact';
import { useRef } from 'preact/hooks';
import type { Say } from '../messages.js';
import { Action, Toggle } from './buttons.js';
import { useFolding } from './fold.js';
import { LogoIcon, MoreIcon } from './icons.js';
import { chordOf } from './key-press.js';
import { type ChoiceList, Choices, Menu, MenuButton } from './Menu.js';

interface Item {
  readonly id: string;
  /** Items with higher numbers leave the bar first. */
  readonly fold: number;
  readonly icon: ComponentChildren;
}

export interface CommandItem extends Item {
  readonly kind: 'command';
  /** What it does, as a sentence. */
  readonly hint: string;
  /** The word for it; on the button, where there is room, unless `plain`. */
  readonly label: string;
  readonly plain?: boolean;
  /** What the word may be at other times. */
  readonly widest?: readonly string[];
  /** The accessible name, where the word is not all of it. */
  readonly name?: string;
  /** The letter of its shortcut. */
  readonly key?: string;
  readonly disabled?: boolean;
  /** Only its place is there now. */
  readonly absent?: boolean;
  /** For what is on or off: whether it is on. */
  readonly on?: boolean;
  readonly expands?: boolean;
  readonly alert?: boolean;
  readonly pending?: boolean;
  readonly badge?: number;
  readonly news?: boolean;
  /** What has opened below it. */
  readonly below?: ComponentChildren;
  run(): void;
}

export interface MenuItem extends Item, ChoiceList<string> {
  readonly kind: 'menu';
  readonly shown?: string;
  readonly widest?: readonly string[];
  readonly disabled?: boolean;
  readonly after?: ComponentChildren;
}

export type BarItem = CommandItem | MenuItem;

export interface BarProps {
  readonly say: Say;
  /** The page's tabs, beside the logo. */
  readonly tabs: ComponentChildren;
  readonly id?: string;
  /** Groups of buttons; the last one stands at the bar's end. */
  readonly groups: readonly (readonly BarItem[])[];
  /** What is only in the menu. */
  readonly more?: readonly BarItem[];
  /** Shown between the tabs and the buttons. */
  readonly title?: ComponentChildren;
}

export function Bar({ say, tabs, id, groups, more = [], title }: BarProps) {
  const bar = useRef<HTMLDivElement>(null);
  const items = groups.flat();
  const folded = useFolding(bar, [say('toolbar'), ...items.map((item) => item.id)].join());
  const isOut = (item: BarItem) => folded.includes(item.id);
  const out = items.filter((item) => isOut(item) && !(item.kind === 'command' && item.absent));
  return (
    <header class="bar">
      <div
        class="toolbar"
        id={id}
        role="toolbar"
        aria-label={say('toolbar')}
        ref={bar}
        onKeyDown={(event) => moveFocus(event, bar.current)}
      >
        <div class="group brand">
          <LogoIcon />
          {tabs}
        </div>
        {title}
        {groups.map((group, index) => {
          const isEnd = index === groups.length - 1;
          return (
            <div key={String(index)} class={`group ${isEnd ? 'end' : ''}`} data-group={index}>
              {group.map((item) => (
                <div key={item.id} class="item" data-name={item.id} data-fold={item.fold}>
                  <BarButton say={say} item={item} below={!isOut(item)} />
                </div>
              ))}
              {isEnd && (out.length > 0 || more.length > 0) && <More say={say} out={out} more={more} />}
            </div>
          );
        })}
      </div>
    </header>
  );
}

function BarButton({ say, item, below }: { say: Say; item: BarItem; below: boolean }) {
  if (item.kind === 'menu') {
    const { kind, fold, after, ...menu } = item;
    return <Menu {...menu}>{after}</Menu>;
  }
  const { label, plain, key, run, on, icon, absent } = item;
  const common = {
    id: item.id,
    title: titleOf(say, item),
    label: plain ? undefined : label,
    name: item.name ?? label,
    keys: key === undefined ? undefined : ariaKeys(key),
    widest: item.widest,
    disabled: item.disabled,
    ghost: absent,
    children: icon,
    onClick: run,
  };
  return (
    <>
      {on === undefined ? (
        <Action {...common} />
      ) : (
        <Toggle
          {...common}
          on={on}
          expands={item.expands}
          alert={item.alert}
          pending={item.pending}
          badge={item.badge}
          news={item.news}
        />
      )}
      {below && item.below}
    </>
  );
}

function titleOf(say: Say, { hint, key }: CommandItem): string {
  return key === undefined ? hint : `${hint} (${chordOf(say, key)})`;
}

/** The menu at the bar's end. */
function More({ say, out, more }: { say: Say; out: readonly BarItem[]; more: readonly BarItem[] }) {
  const all = [...out, ...more];
  const commands = all.filter((item) => item.kind === 'command');
  const menus = all.filter((item) => item.kind === 'menu' && !item.disabled) as MenuItem[];
  const unread = out.reduce(
    (sum, item) => sum + (item.kind === 'command' && item.news ? (item.badge ?? 0) : 0),
    0,
  );
  return (
    <div class="item">
      <MenuButton
        id="more"
        name={say('more')}
        title={say('more')}
        face={
          <>
            <MoreIcon />
            {unread > 0 && (
              <span class="badge news" aria-hidden="true">
                {unread}
              </span>
            )}
          </>
        }
      >
        {(close) => (
          <>
            <div role="menu" aria-label={say('more')}>
              {commands.map((item) => (
                <CommandChoice key={item.id} say={say} item={item} close={close} />
              ))}
            </div>
            {menus.map((item) => (
              <Fragment key={item.id}>
                <p class="menu-title" aria-hidden="true">
                  {item.label}
                </p>
                <div role="menu" aria-label={item.label}>
                  <Choices {...item} close={close} />
                </div>
                {item.after}
              </Fragment>
            ))}
          </>
        )}
      </MenuButton>
      {out.map((item) => item.kind === 'command' && item.below)}
    </div>
  );
}

function CommandChoice({ say, item, close }: { say: Say; item: CommandItem; close(): void }) {
  const { icon, on, badge, key } = item;
  const role =
    on === undefined || item.expands
      ? { role: 'menuitem' as const }
      : { role: 'menuitemcheckbox' as const, 'aria-checked': on };
  return (
    <button
      type="button"
      class={`choice ${on ? (item.alert ? 'on alert' : 'on') : ''}`}
      data-command={item.id}
      aria-keyshortcuts={key === undefined ? undefined : ariaKeys(key)}
      disabled={item.disabled}
      onClick={() => {
        close();
        item.run();
      }}
      {...role}
    >
      <span class="tick">{icon}</span>
      <span>
        <span class="name">{badge ? `${item.label} (${badge})` : item.label}</span>
        <span class="hint">{titleOf(say, item)}</span>
      </span>
    </button>
  );
}

/** A shortcut as ARIA writes it. */
function ariaKeys(key: string): string {
  return `Control+Alt+Shift+${key}`;
}

/** Left and right move through the bar, Home and End go to its ends. */
function moveFocus(event: KeyboardEvent, bar: HTMLElement | null): void {
  if (bar === null || document.activeElement instanceof HTMLInputElement) return;
  const buttons = [...bar.querySelectorAll<HTMLButtonElement>('button:not(:disabled, [role])')].filter(
    (button) => button.offsetWidth > 0 && button.closest('.panel') === null,
  );
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  if (at < 0) return;
  const target =
    event.key === 'ArrowRight'
      ? buttons[(at + 1) % buttons.length]
      : event.key === 'ArrowLeft'
        ? buttons.at(at === 0 ? -1 : at - 1)
        : event.key === 'Home'
          ? buttons[0]
          : event.key === 'End'
            ? buttons.at(-1)
            : undefined;
  if (target === undefined) return;
  event.preventDefault();
  target.focus();
}
