/** A button that opens a list of choices; the keyboard moves through it as through any menu. */
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { CheckIcon, ChevronIcon } from './icons.js';

export interface Choice<V extends string> {
  readonly value: V;
  readonly label: string;
  readonly hint?: string;
}

export interface MenuProps<V extends string> {
  readonly id: string;
  /** What is chosen here, for screen readers. */
  readonly label: string;
  /** What the button says. */
  readonly shown: string;
  readonly icon: ComponentChildren;
  readonly choices: readonly Choice<V>[];
  readonly chosen: V | undefined;
  onChoose(value: V): void;
  /** More below the choices. */
  readonly children?: ComponentChildren;
}

export function Menu<V extends string>(props: MenuProps<V>) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const listId = useId();

  // With the layout, not after it: keys that follow at once must find the focus in the menu.
  useLayoutEffect(() => {
    if (!open) return;
    const chosen = root.current?.querySelector<HTMLElement>('[aria-checked="true"]');
    (chosen ?? root.current?.querySelector<HTMLElement>('[role="menuitemradio"]'))?.focus();
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside, true);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);

  const close = () => {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) {
      if (event.key === 'ArrowDown') {
        event.preventDefault();
        event.stopPropagation();
        setOpen(true);
      }
      return;
    }
    const items = [...(root.current?.querySelectorAll<HTMLElement>('[role="menuitemradio"]') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const target =
      event.key === 'ArrowDown'
        ? items[(at + 1) % items.length]
        : event.key === 'ArrowUp'
          ? items.at(at <= 0 ? -1 : at - 1)
          : event.key === 'Home'
            ? items[0]
            : event.key === 'End'
              ? items.at(-1)
              : undefined;
    if (event.key === 'Escape') close();
    else if (target !== undefined && !(document.activeElement instanceof HTMLInputElement)) target.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the menu inside are handled in one place.
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        id={props.id}
        class="button wide"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? listId : undefined}
        aria-label={`${props.label}: ${props.shown}`}
        title={props.label}
        onClick={() => setOpen(!open)}
      >
        {props.icon}
        <span class="text">{props.shown}</span>
        <ChevronIcon />
      </button>
      {open && (
        <div class="panel choices" role="menu" id={listId} aria-label={props.label}>
          {props.choices.map((choice) => (
            <button
              key={choice.value}
              type="button"
              class="choice"
              role="menuitemradio"
              data-value={choice.value}
              aria-checked={choice.value === props.chosen}
              onClick={() => {
                props.onChoose(choice.value);
                close();
              }}
            >
              <span class="tick">{choice.value === props.chosen && <CheckIcon />}</span>
              <span>
                <span class="name">{choice.label}</span>
                {choice.hint !== undefined && <span class="hint">{choice.hint}</span>}
              </span>
            </button>
          ))}
          {props.children}
        </div>
      )}
    </div>
  );
}
