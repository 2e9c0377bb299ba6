/** Buttons of a bar: an icon, and a word beside it where there is room. */
import type { ComponentChildren } from 'preact';

export interface ActionProps {
  /** None where another button with it is in the page. */
  readonly id?: string | undefined;
  /** The whole sentence: tool tip, and the accessible name of a button without a word. */
  readonly title: string;
  /** The word on the button, where there is room. */
  readonly label?: string | undefined;
  /** The accessible name, where the word is not all of it. */
  readonly name?: string | undefined;
  /** Keys that do the same, as ARIA writes them. */
  readonly keys?: string | undefined;
  /** What the word may be at other times: the button is as wide as the widest of them. */
  readonly widest?: readonly string[] | undefined;
  readonly disabled?: boolean | undefined;
  /** Keeps its place for a button that comes and goes. */
  readonly ghost?: boolean | undefined;
  readonly children: ComponentChildren;
  onClick(): void;
}

export interface ToggleProps extends ActionProps {
  readonly on: boolean;
  /** It opens a panel instead of turning something on. */
  readonly expands?: boolean | undefined;
  /** Being on is something to be aware of. */
  readonly alert?: boolean | undefined;
  /** Asked for and not there yet. */
  readonly pending?: boolean | undefined;
  readonly badge?: number | undefined;
  /** The badge counts what waits to be seen. */
  readonly news?: boolean | undefined;
}

export function Action({ children, ...props }: ActionProps) {
  return <Base {...props}>{children}</Base>;
}

export function Toggle(props: ToggleProps) {
  const { children, on, expands, alert, pending, badge, news, ...rest } = props;
  const look = on ? (alert ? 'on alert' : 'on') : pending ? 'pending' : '';
  const state = expands ? { 'aria-expanded': on } : { 'aria-pressed': on };
  return (
    <Base {...rest} look={look} state={state}>
      {children}
      {badge !== undefined && badge > 0 && (
        <span class={`badge ${news ? 'news' : ''}`} aria-hidden="true">
          {badge}
        </span>
      )}
    </Base>
  );
}

interface BaseProps extends ActionProps {
  readonly look?: string;
  readonly state?: { readonly 'aria-expanded'?: boolean; readonly 'aria-pressed'?: boolean };
}

function Base(props: BaseProps) {
  const { id, title, label, name, keys, widest, disabled, ghost, children, onClick, look, state } = props;
  if (ghost) {
    return (
      <button type="button" class="button ghost" tabIndex={-1} aria-hidden="true" disabled>
        {children}
        <Word label={label} widest={widest} />
      </button>
    );
  }
  return (
    <button
      type="button"
      id={id}
      class={`button ${look ?? ''}`}
      title={title}
      aria-label={name ?? label ?? title}
      aria-keyshortcuts={keys}
      disabled={disabled}
      onClick={onClick}
      {...state}
    >
      {children}
      <Word label={label} widest={widest} />
    </button>
  );
}

/** A word that takes the room of the widest that may stand in its place. */
export function Word({
  label,
  widest,
}: {
  readonly label: string | undefined;
  readonly widest: readonly string[] | undefined;
}) {
  if (label === undefined) return null;
  return (
    <span class="text" data-widest={widest?.join('\n')}>
      {label}
    </span>
  );
}
