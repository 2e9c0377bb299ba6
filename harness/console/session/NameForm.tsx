/** Asks for the technician's name: once, in the strip; and in the list of people, where it can be changed. */
import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { MAX_NAME } from '../settings/settings.js';
import { CloseIcon } from '../ui/icons.js';
import type { Controller } from './controller.js';
import type { ConsoleState } from './state.js';

/** Below everything, in nobody's way: one may go on without an answer. */
export function AskName({ controller }: { readonly controller: Controller }) {
  const { say } = controller;
  return (
    <Form id="ask-name" controller={controller} label={say('name.ask')} value="">
      <button
        type="button"
        class="button"
        aria-label={say('name.later')}
        title={say('name.later')}
        onClick={() => controller.leaveNameOpen()}
      >
        <CloseIcon />
      </button>
    </Form>
  );
}

interface NameFormProps {
  readonly controller: Controller;
  readonly state: ConsoleState;
}

export function NameForm({ controller, state }: NameFormProps) {
  return <Form id="own-name" controller={controller} label={controller.say('name.own')} value={state.name} />;
}

interface FormProps {
  readonly id: string;
  readonly controller: Controller;
  readonly label: string;
  readonly value: string;
  readonly children?: ComponentChildren;
}

function Form({ id, controller, label, value, children }: FormProps) {
  const { say } = controller;
  const field = useRef<HTMLInputElement>(null);
  const fieldId = useId();
  return (
    <form
      class="name-form"
      id={id}
      onSubmit={(event) => {
        event.preventDefault();
        controller.setName(field.current!.value);
      }}
    >
      <label for={fieldId}>{label}</label>
      <input
        type="text"
        id={fieldId}
        ref={field}
        maxLength={MAX_NAME}
        autocomplete="name"
        placeholder={say('name.default')}
        defaultValue={value}
      />
      <button type="submit" class="button">
        {say('name.set')}
      </button>
      {children}
    </form>
  );
}
