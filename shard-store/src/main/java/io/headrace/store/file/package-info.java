/** Files past the page cache, which the journal and the directory of objects both write. */
@NullMarked
package io.headrace.store.file;

import org.jspecify.annotations.NullMarked;
