/**
 * For the compiler of the kernels: a function whose comment has the tag `@inline` is put in wherever it is called.
 * (As a decorator, which is the compiler's own way to say it, it would not be TypeScript that Biome can read.)
 */
import { Node, NodeKind } from 'assemblyscript';
import { Transform } from 'assemblyscript/transform';

const COMMENT_BEFORE = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:export\s+)?$/;

export default class InlineTransform extends Transform {
  afterParse(parser) {
    for (const source of parser.sources) {
      if (source.isLibrary) continue;
      for (const statement of source.statements) {
        if (statement.kind !== NodeKind.FunctionDeclaration) continue;
        const { range } = statement;
        const comment = COMMENT_BEFORE.exec(source.text.slice(0, range.start));
        if (comment === null || !comment[1].includes('@inline')) continue;
        const name = Node.createIdentifierExpression('inline', range);
        statement.decorators = [...(statement.decorators ?? []), Node.createDecorator(name, null, range)];
      }
    }
  }
}
