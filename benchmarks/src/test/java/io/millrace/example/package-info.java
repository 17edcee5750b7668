/** What the documents show, so that it compiles. */
package io.millrace.example;
