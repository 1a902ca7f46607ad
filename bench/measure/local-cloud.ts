import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Measure, rounded } from '../figure.ts';

/** `liftlock local up` of the example fleet: until the services answer, and what it takes while the first clusters go. */
export const measure: Measure = async () => {
  const began = performance.now();
  const cloud = spawn('bin/liftlock', ['local', 'up'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    for await (const line of createInterface({ input: cloud.stdout }))
      if (line.startsWith('export AWS_ENDPOINT')) break;
    const seconds = (performance.now() - began) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    return [
      {
        name: 'local up, until the services answer',
        value: rounded(seconds),
        unit: 's',
        limit: 3,
        note: 'synth included',
      },
      { name: 'local up, memory after ten seconds', value: residentMegabytes(cloud.pid), unit: 'MiB', limit: 700 },
    ];
  } finally {
    cloud.kill('SIGTERM');
    await once(cloud, 'exit');
  }
};

function residentMegabytes(pid: number | undefined): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
