// What the type checker is told of pages: a form whose fields are reached by their names.

// biome-ignore lint/suspicious/noExplicitAny: which fields a form has is the template's matter
type WritingForm = HTMLFormElement & { readonly elements: any };
