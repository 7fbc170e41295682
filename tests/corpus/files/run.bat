@echo off
echo Hello
