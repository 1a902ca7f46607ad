/** The largest file, in characters of text or bytes on disk; a larger one is refused with a message and counts as a gap. */
export const MAX_FILE_SIZE = 64 * 1024 * 1024;
/** The largest YAML document, because parsing takes ten times its text. JSON, which dumps of clusters are, takes less. */
export const MAX_YAML_DOCUMENT = 24 * 1024 * 1024;
/** Levels of nesting: the deepest real manifests, CRDs of service meshes, have about 60. */
export const MAX_DEPTH = 200;
/** Beyond this size the position of a finding is the start of its document, because a more exact one would take too long. */
export const MAX_SIZE_FOR_POSITIONS = 16 * 1024 * 1024;
/** How deep documents may be embedded in each other: a ConfigMap in a List in a ConfigMap. */
export const MAX_EMBEDDING = 4;
