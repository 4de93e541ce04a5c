/** How grave a fault is: an answer that is wrong, or a worker that is lost; a likely mistake; good to know. */
export type ContractLevel = 'error' | 'warning' | 'note';

/** What can be wrong with how a model behaves beside the answers to its golden cases, and how grave that is. */
export const CONTRACT_FAULTS = {
  'not-repeatable': 'note',
  'batch-differs': 'error',
  'batch-refused': 'warning',
  'neighbour-hurt': 'warning',
  'worker-lost': 'error',
  'body-not-refused': 'warning',
  'answer-too-large': 'warning',
  'answer-changed': 'error',
} as const satisfies Readonly<Record<string, ContractLevel>>;
export type ContractFault = keyof typeof CONTRACT_FAULTS;

/** One fault, one sentence. */
export interface ContractFinding {
  readonly fault: ContractFault;
  readonly message: string;
  /** Path of the golden case that showed it. */
  readonly path?: string;
}

/** One thing that was looked at. */
export interface ContractCheck {
  readonly name: 'repeats' | 'batches' | 'bad bodies' | 'a bad neighbour' | 'afterwards';
  /** False where nothing could be learned: `told` says why. */
  readonly looked: boolean;
  /** What was asked and how it went, half a sentence. */
  readonly told: string;
  readonly findings: readonly ContractFinding[];
}

/** The first and the last time that one request was asked of a worker. */
export interface WorkerLife {
  /** Path of the golden case whose request it was. */
  readonly path: string;
  /** Which request of the worker the last one was. */
  readonly requests: number;
  /** From sending to the answer. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Resident memory of the worker after each; 0 where it is not known. */
  readonly firstBytes: number;
  readonly lastBytes: number;
}

/** What was seen of a model beside the answers to its golden cases. */
export interface RunContract {
  readonly checks: readonly ContractCheck[];
  /** Undefined where no golden case was answered as it should be. */
  readonly life?: WorkerLife;
  /** What it printed: the number of lines, and the first different ones. */
  readonly printed: { readonly lines: number; readonly first: readonly string[] };
}

/** The faults of a contract, the checks in their order. */
export function faultsOf({ checks }: RunContract): ContractFinding[] {
  return checks.flatMap(({ findings }) => findings);
}

/** Whether a fault fails `mar test`. */
export function isGrave({ fault }: ContractFinding): boolean {
  return CONTRACT_FAULTS[fault] === 'error';
}
