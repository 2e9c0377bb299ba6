/** JSON Schema (draft 2020-12) of a valibot schema: of those kinds of schema that the reports are made of. */
import type * as v from 'valibot';

export type JsonSchema = { [keyword: string]: unknown };

/** What valibot's schemas and actions hold at run time. */
interface Node {
  readonly type: string;
  readonly pipe?: readonly Node[];
  readonly entries?: Readonly<Record<string, Node>>;
  readonly item?: Node;
  readonly value?: Node;
  readonly wrapped?: Node;
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly requirement?: number;
  readonly description?: string;
}

export function jsonSchema(schema: v.GenericSchema, title: string): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    ...convert(schema as unknown as Node),
  };
}

function convert(node: Node): JsonSchema {
  const [base, ...actions] = node.pipe ?? [node];
  const result = convertBase(base!);
  for (const action of actions) applyAction(result, action);
  return result;
}

function convertBase(node: Node): JsonSchema {
  switch (node.type) {
    case 'string':
    case 'boolean':
    case 'number':
      return { type: node.type };
    case 'literal':
      return { const: node.literal };
    case 'picklist':
      return { enum: node.options };
    case 'array':
      return { type: 'array', items: convert(node.item!) };
    case 'record':
      return { type: 'object', additionalProperties: convert(node.value!) };
    case 'optional':
      return convert(node.wrapped!);
    case 'nullable':
      return { anyOf: [convert(node.wrapped!), { type: 'null' }] };
    case 'object':
    case 'loose_object':
      return convertObject(node.entries!);
    case 'strict_object':
      return { ...convertObject(node.entries!), additionalProperties: false };
    case 'union':
      return { anyOf: node.options!.map((option) => convert(option as Node)) };
    default:
      throw new Error(`No JSON Schema is known for ${node.type}.`);
  }
}

function convertObject(entries: Readonly<Record<string, Node>>): JsonSchema {
  const names = Object.keys(entries);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, convert(entries[name]!)])),
    required: names.filter((name) => !isOptional(entries[name]!)),
  };
}

function isOptional({ type, pipe }: Node): boolean {
  return type === 'optional' || pipe?.[0]?.type === 'optional';
}

function applyAction(result: JsonSchema, action: Node): void {
  const isList = result.type === 'array';
  switch (action.type) {
    case 'integer':
      result.type = 'integer';
      return;
    case 'finite':
      // JSON has no other numbers.
      return;
    case 'min_value':
      result.minimum = action.requirement;
      return;
    case 'max_value':
      result.maximum = action.requirement;
      return;
    case 'min_length':
      result[isList ? 'minItems' : 'minLength'] = action.requirement;
      return;
    case 'max_length':
      result[isList ? 'maxItems' : 'maxLength'] = action.requirement;
      return;
    case 'description':
      result.description = action.description;
      return;
    default:
      throw new Error(`No JSON Schema is known for ${action.type}.`);
  }
}
