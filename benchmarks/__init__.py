"""Measuring Daybook under the real server command; nothing here is asserted in a test."""
