/** A container of a pod template. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: 'IfNotPresent';
  readonly resources: object;
  readonly terminationMessagePath: '/dev/termination-log';
  readonly terminationMessagePolicy: 'File';
}

/** The first one has the workload's name, the others and those of bare pods the name of their image. */
export function containersOf(images: readonly string[], workload?: string): Container[] {
  const taken = new Set<string>();
  return images.map((image, index) => {
    const wanted = index === 0 && workload !== undefined ? workload : imageName(image);
    const name = taken.has(wanted) ? `${wanted}-${index}` : wanted;
    taken.add(name);
    return {
      name,
      image,
      imagePullPolicy: 'IfNotPresent',
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    };
  });
}

/** `registry.example:5000/team/api:1@sha256:…` → `api`. */
function imageName(image: string): string {
  const last = image.split('@')[0]?.split('/').at(-1) ?? '';
  return (
    last
      .split(':')[0]
      ?.toLowerCase()
      .replaceAll(/[^a-z0-9-]/g, '-') || 'container'
  );
}
