package proofread

func (s *sheet) misspelled() {}
