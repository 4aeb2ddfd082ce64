// What the server puts before the text of the worker.

declare const DIGEST: string;
declare const ASSETS: string[];
declare const WRITING: string;
