import { createHash } from 'node:crypto';
import type { PodState } from '../kubernetes-state.ts';
import { startupMilliseconds } from '../schedule-pods.ts';
import type { Container } from './containers.ts';
import { timestamp } from './object-metadata.ts';

export type ContainerStatus = ReturnType<typeof containerStatus>;

/** `status.containerStatuses[]`: `running`, or `waiting` with the pod's reason while it starts or crashes. */
export function containerStatus(pod: PodState, container: Container, uid: string, now: number) {
  const { waitingReason } = pod;
  const started = pod.readyAt <= now && waitingReason === undefined;
  const crash = waitingReason === 'CrashLoopBackOff' && pod.readyAt <= now ? lastCrash(pod, now) : undefined;
  return {
    name: container.name,
    image: container.image,
    imageID: `${container.image.split(':')[0]}@sha256:${digest(container.image)}`,
    ...(started ? { containerID: `containerd://${digest(uid + container.name)}` } : {}),
    ready: started,
    started,
    restartCount: crash?.restarts ?? 0,
    lastState: crash === undefined ? {} : { terminated: crash.terminated },
    state: started
      ? { running: { startedAt: timestamp(pod.readyAt) } }
      : { waiting: waiting(pod, waitingReason ?? 'ContainerCreating', container.name) },
  };
}

function waiting(pod: PodState, reason: string, container: string): { reason: string; message?: string } {
  if (reason !== 'CrashLoopBackOff') return { reason };
  const message = `back-off 5m0s restarting failed container=${container} pod=${pod.name}_${pod.namespace}`;
  return { reason, message };
}

/** The kubelet waits 10 s, 20 s, 40 s … and at most five minutes before it starts a crashed container again. */
function lastCrash(pod: PodState, now: number) {
  let at = pod.readyAt - startupMilliseconds;
  let restarts = 0;
  for (let wait = 10_000; at + wait <= now && restarts < 100; wait = Math.min(2 * wait, 300_000)) {
    at += wait;
    restarts += 1;
  }
  // Beyond that every wait is the longest one, and years need not be counted one by one.
  const more = Math.floor((now - at) / 300_000);
  if (restarts === 100) {
    at += more * 300_000;
    restarts += more;
  }
  const times = { startedAt: timestamp(at), finishedAt: timestamp(at + 1_000) };
  return { restarts, terminated: { exitCode: 1, reason: 'Error', ...times } };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
