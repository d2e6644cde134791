/** A path of the command line that is not there. */
import { UsageError } from '../base/usage-error.ts';

export class MissingPath extends UsageError {
  readonly path: string;

  constructor(path: string) {
    super(`no such file or folder: "${path}"`);
    this.path = path;
  }
}
