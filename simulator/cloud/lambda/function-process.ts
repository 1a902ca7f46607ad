import type { HttpAnswer } from '../../wire/wire-options.ts';
import type { EnvironmentSetup, FromRuntime, ToRuntime, WorkerRequest } from './worker-messages.ts';

/** The process of an execution environment. */
export interface FunctionProcess {
  send(message: ToRuntime): void;
  /** Keeps the host running from the beginning to the end of an invocation. */
  hold(): void;
  letGo(): void;
  /** Ends it at once, whatever it does. */
  end(): Promise<void>;
}

/** The events of an environment's process. */
export interface ProcessListener {
  onMessage(message: FromRuntime): void;
  onWrote(text: string): void;
  /** The process has ended; `code` is its exit code, absent where V8 ended it for lack of memory. */
  onEnd(error: Error | undefined, code?: number): void;
}

export interface ProcessSetup extends EnvironmentSetup {
  /** Answers requests to `origin` and to API servers. A rejection breaks the connection. */
  readonly answer?: (request: WorkerRequest) => Promise<HttpAnswer>;
}

/** Passes a message of the runtime to its receiver. */
export async function hear(
  message: FromRuntime,
  listener: ProcessListener,
  answer: ProcessSetup['answer'],
  send: FunctionProcess['send'],
): Promise<void> {
  if (message.type === 'wrote') listener.onWrote(message.text);
  else if (message.type !== 'request') listener.onMessage(message);
  else {
    const { id, request } = message;
    try {
      send({ type: 'answer', id, answer: await answer?.(request) });
    } catch {
      send({ type: 'answer', id });
    }
  }
}
