int main(void) { return here_is_a_word_that_nobody_has_declared; }
