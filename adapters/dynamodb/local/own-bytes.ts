/**
 * Runs what makes bytes that the tables keep. Node's small buffers share slabs, and one that is kept keeps its whole slab: after a few thousand
 * writes that would be most memory. Everybody else has the slabs, without which a signed request takes a twentieth longer.
 */
export function ownBytes<Made>(make: () => Made): Made {
  const { poolSize } = Buffer;
  Buffer.poolSize = 0;
  try {
    return make();
  } finally {
    Buffer.poolSize = poolSize;
  }
}
