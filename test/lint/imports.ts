import { lineOf, nodesOf, type SyntaxNode, stringValue } from './syntax.ts';

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** `import type` and the like: erased before anything runs. */
  readonly typeOnly: boolean;
}

/** Everything a module loads: `import`, `export … from`, `import()`, `import type`, `import('x').T` and `require()`. */
export function importsOf(tree: SyntaxNode, text: string): Import[] {
  const imports: Import[] = [];
  for (const node of nodesOf(tree)) {
    const specifier = specifierOf(node);
    if (specifier !== undefined) {
      const typeOnly = node.typeOnly === true || node.type === 'TsImportType';
      imports.push({ specifier, line: lineOf(node, text), typeOnly });
    }
  }
  return imports;
}

function specifierOf(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return stringValue(node.source);
    case 'TsImportType':
      return stringValue(node.argument);
    case 'CallExpression':
      return loadedBy(node);
    default:
      return undefined;
  }
}

function loadedBy(call: SyntaxNode): string | undefined {
  const callee = call.callee as SyntaxNode;
  const loads = callee.type === 'Import' || (callee.type === 'Identifier' && callee.value === 'require');
  const [first] = call.arguments as { expression: unknown }[];
  return loads ? stringValue(first?.expression) : undefined;
}
