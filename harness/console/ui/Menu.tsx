/** A button that opens a list of choices; the keyboard moves through it as through any menu. */
import type { ComponentChildren, RefObject } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Word } from './buttons.js';
import { CheckIcon, ChevronIcon } from './icons.js';
import { usePopup } from './popup.js';

export interface Choice<V extends string> {
  readonly value: V;
  readonly label: string;
  readonly hint?: string;
}

/** One of several, with what belongs to them. */
export interface ChoiceList<V extends string> {
  /** What is chosen here. */
  readonly label: string;
  readonly choices: readonly Choice<V>[];
  readonly chosen: V | undefined;
  /** Choosing does something at once; nothing is chosen afterwards. */
  readonly acts?: boolean;
  onChoose(value: V): void;
}

export interface MenuProps<V extends string> extends ChoiceList<V> {
  readonly id: string;
  /** What the button says, and all that it may say: it is as wide as the widest. Without it, an icon alone. */
  readonly shown?: string | undefined;
  readonly widest?: readonly string[] | undefined;
  readonly disabled?: boolean | undefined;
  readonly icon: ComponentChildren;
  /** More below the choices. */
  readonly children?: ComponentChildren;
}

export function Menu<V extends string>(props: MenuProps<V>) {
  const { id, shown, widest, disabled, icon, children, ...list } = props;
  return (
    <MenuButton
      id={id}
      name={shown === undefined ? list.label : `${list.label}: ${shown}`}
      title={list.label}
      face={
        <>
          {icon}
          <Word label={shown} widest={widest} />
          {shown !== undefined && <ChevronIcon />}
        </>
      }
      look="wide"
      disabled={disabled}
      after={children}
    >
      {(close) => (
        <div role="menu" aria-label={list.label}>
          <Choices {...list} close={close} />
        </div>
      )}
    </MenuButton>
  );
}

export function Choices<V extends string>(props: ChoiceList<V> & { close(): void }) {
  return props.choices.map((choice) => (
    <button
      key={choice.value}
      type="button"
      class="choice"
      data-value={choice.value}
      onClick={() => {
        props.close();
        props.onChoose(choice.value);
      }}
      {...(props.acts
        ? { role: 'menuitem' as const }
        : { role: 'menuitemradio' as const, 'aria-checked': choice.value === props.chosen })}
    >
      <span class="tick">{choice.value === props.chosen && <CheckIcon />}</span>
      <span>
        <span class="name">{choice.label}</span>
        {choice.hint !== undefined && <span class="hint">{choice.hint}</span>}
      </span>
    </button>
  ));
}

export interface MenuButtonProps {
  readonly id: string;
  /** The accessible name. */
  readonly name: string;
  readonly title: string;
  readonly face: ComponentChildren;
  readonly look?: string;
  readonly disabled?: boolean | undefined;
  /** The menus: elements with role `menu`. */
  children(close: () => void): ComponentChildren;
  /** What is no menu, below them. */
  readonly after?: ComponentChildren;
}

/** A button with a popup of menus. */
export function MenuButton({ id, name, title, face, look, disabled, children, after }: MenuButtonProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const listId = useId();
  usePopup(root, panel, open, () => setOpen(false));

  // With the layout, not after it: keys that follow at once must find the focus in the menu.
  useLayoutEffect(() => {
    if (!open) return;
    const chosen = panel.current!.querySelector<HTMLElement>('[aria-checked="true"]');
    (chosen ?? itemsOf(panel)[0])?.focus();
  }, [open]);

  const close = () => {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) {
      if (event.key !== 'ArrowDown' || disabled) return;
      setOpen(true);
    } else if (event.key === 'Escape') close();
    else if (!moveThrough(itemsOf(panel), event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the menu inside are handled in one place.
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        id={id}
        class={`button ${look ?? ''}`}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? listId : undefined}
        aria-label={name}
        title={title}
        disabled={disabled}
        onClick={() => setOpen(!open)}
      >
        {face}
      </button>
      {open && (
        <div class="panel choices" id={listId} ref={panel}>
          {children(close)}
          {after}
        </div>
      )}
    </div>
  );
}

function itemsOf(panel: RefObject<HTMLElement | null>): HTMLElement[] {
  return [...(panel.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]:not(:disabled)') ?? [])];
}

/** Moves the focus by an arrow, Home or End; whether the key was one. Fields keep their own keys. */
function moveThrough(items: readonly HTMLElement[], key: string): boolean {
  if (document.activeElement instanceof HTMLInputElement) return false;
  const at = items.indexOf(document.activeElement as HTMLElement);
  const target =
    key === 'ArrowDown'
      ? items[(at + 1) % items.length]
      : key === 'ArrowUp'
        ? items.at(at <= 0 ? -1 : at - 1)
        : key === 'Home'
          ? items[0]
          : key === 'End'
            ? items.at(-1)
            : undefined;
  target?.focus();
  return target !== undefined;
}
