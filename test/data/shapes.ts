import { z } from 'zod';
import { DETECTORS, type DetectorName } from '../../core/scan/data/break-rule.ts';

const text = z.string().min(1);
const minor = z.string().regex(/^1\.\d+$/, 'is no Kubernetes minor such as 1.34');
const release = z.string().regex(/^\d+(\.\d+){0,2}$/, 'is no release such as 1.18 or 1.18.2');
const date = z.iso.date();
const version = z.string().regex(/^v\d+((alpha|beta)\d+)?$/, 'is no API version such as v1beta1');
const kind = z.string().regex(/^[A-Z][A-Za-z0-9]+$/, 'is no kind');
const kindOrAll = z.union([kind, z.literal('*')]);
const group = z.string().regex(/^([a-z0-9]+([.-][a-z0-9]+)*)?$/, 'is no API group');

const apiRow = z.strictObject({
  group,
  version,
  kind,
  resource: z.string().regex(/^[a-z]+(\/[a-z]+)?$/, 'is no plural resource name'),
  namespaced: z.boolean(),
  stability: z.enum(['alpha', 'beta', 'stable']),
  servedByDefault: z.boolean(),
  eksServedFrom: minor.nullable(),
  introduced: minor,
  deprecated: minor.nullable(),
  removed: minor.nullable(),
  replacements: z.array(z.strictObject({ group, version, kind, introduced: minor, removed: minor.nullable() })),
  note: text.nullable(),
  sources: z.strictObject({
    introduced: text,
    deprecated: text,
    removed: text,
    replacements: text,
    servedByDefault: text,
  }),
  disagreements: z.array(z.strictObject({ source: text, field: text, theirs: text })),
});

const breakRule = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'is no id such as al2-ami'),
  title: text,
  detector: z.enum(Object.keys(DETECTORS) as [DetectorName, ...DetectorName[]]),
  parameters: z.record(text, z.union([z.string(), z.array(text).min(1)])),
  deprecatedIn: minor.nullable(),
  breaksIn: minor.nullable(),
  severity: z.enum(['error', 'warning', 'info']),
  reason: z.enum(['removed', 'deprecated', 'unsupported', 'behaviour-change']),
  message: text,
  fix: text,
  source: text,
});

const controllerRow = z.strictObject({
  component: text,
  images: z.array(z.string().regex(/^[a-z0-9._/-]+$/, 'is no repository without registry and tag')).min(1),
  releases: z.array(z.strictObject({ release, min: minor, max: minor.nullable() })).min(1),
  basis: z.enum(['tested', 'minimum']),
  source: text,
  retired: release.nullable(),
});

/** The shape of an entry of each table, field by field; unknown fields are refused. What only makes sense across entries is checked apart. */
export const shapes = {
  apis: apiRow,
  unservedKinds: z.strictObject({ group, version, kind, listedBy: z.array(text).min(1), note: text, source: text }),
  wirePayloads: z.strictObject({
    group,
    version,
    kind,
    introduced: minor.nullable(),
    deprecated: minor.nullable(),
    removed: minor.nullable(),
    replacement: text.nullable(),
    writtenIn: text,
    note: text,
    source: text,
  }),
  componentConfigs: z.strictObject({
    group,
    version,
    kinds: z.array(kind).min(1),
    removed: minor,
    replacement: text,
    foundIn: z.enum(['config-map', 'kubeconfig', 'control-plane']),
    note: text.nullable(),
    source: text,
  }),
  rules: breakRule,
  controllers: controllerRow,
  customResources: z.strictObject({
    group,
    version,
    kind: kindOrAll,
    component: text,
    deprecatedIn: release.nullable(),
    removedIn: release.nullable(),
    replacement: z.strictObject({ group, version, kind: kindOrAll }).nullable(),
    note: text.nullable(),
    source: text,
  }),
  sources: z.strictObject({ id: text, title: text, url: z.url({ protocol: /^https$/ }), readOn: date }),
  coverage: z.strictObject({ newestMinor: minor, oldestMinor: minor, updatedOn: date, basis: text }),
} as const;
