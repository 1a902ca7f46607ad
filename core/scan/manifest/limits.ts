/** What one file may be; larger ones are refused with a message and count as a gap. In characters of text, bytes on disk. */
export const MAX_FILE_SIZE = 64 * 1024 * 1024;
/** What one YAML document may be: parsed it takes ten times its text. JSON, which dumps of clusters are, takes less. */
export const MAX_YAML_DOCUMENT = 24 * 1024 * 1024;
/** Levels of nesting: the deepest real manifests, CRDs of service meshes, have about 60. */
export const MAX_DEPTH = 200;
/** Beyond this size the place of a finding is the start of its document: finding out more would take too long. */
export const MAX_SIZE_FOR_POSITIONS = 16 * 1024 * 1024;
/** How deep documents may be packed into each other: a ConfigMap in a List in a ConfigMap. */
export const MAX_EMBEDDING = 4;
